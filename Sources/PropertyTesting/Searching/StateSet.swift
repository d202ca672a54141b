/// Which abstract states were seen: a bit for each of 2^22 classes.
///
/// It never grows, and what is in it does not depend on the order in which it came. Two states of
/// one class count as one, so a full set says that nothing is new.
public struct StateSet: Sendable {
  private static var classBits: UInt64 { 22 }

  private var words = [UInt64](repeating: 0, count: 1 << (classBits - 6))

  /// The number of classes seen.
  public private(set) var count = 0

  /// Nothing seen yet.
  public init() {}

  /// Adds a state, any number that stands for it; true if its class is new.
  @discardableResult
  public mutating func insert(_ state: UInt64) -> Bool {
    // Spread first, so that small numbers name different classes too.
    let number = (state &* 0x9e37_79b9_7f4a_7c15) &>> (64 &- Self.classBits)
    let word = Int(truncatingIfNeeded: number &>> 6)
    let bit: UInt64 = 1 &<< (number & 63)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }
}
