/// The numbers of a range in the order of their distance from zero: 0, 1, −1, 2, −2, …
public struct NearestToZero: Hashable, Sendable {
  /// The range.
  public let range: ClosedRange<Int64>
  /// How far both signs go.
  private let common: UInt64

  /// Puts a range into order.
  public init(_ range: ClosedRange<Int64>) {
    self.range = range
    common =
      range.contains(0) ? min(range.lowerBound.magnitude, range.upperBound.magnitude) : 0
  }

  /// How many there are; 0 means all of `Int64`.
  public var count: UInt64 {
    UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
  }

  /// The number at a place.
  public func value(of code: UInt64) -> Int64 {
    if range.lowerBound > 0 { return range.lowerBound &+ Int64(bitPattern: code) }
    if range.upperBound < 0 { return range.upperBound &- Int64(bitPattern: code) }
    guard code <= 2 &* common else {
      let distance = Int64(bitPattern: code &- common)
      return range.upperBound.magnitude > common ? distance : 0 &- distance
    }
    let half = Int64(bitPattern: (code &+ 1) / 2)
    return code & 1 == 1 ? half : 0 &- half
  }

  /// The place of a number.
  public func code(of value: Int64) -> UInt64 {
    if range.lowerBound > 0 { return UInt64(bitPattern: value &- range.lowerBound) }
    if range.upperBound < 0 { return UInt64(bitPattern: range.upperBound &- value) }
    guard value.magnitude <= common else { return value.magnitude &+ common }
    return value > 0 ? 2 &* value.magnitude &- 1 : 2 &* value.magnitude
  }
}
