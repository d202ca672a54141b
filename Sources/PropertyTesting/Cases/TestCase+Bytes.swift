/// A case as a byte string.
public struct EncodedCase: Equatable, Sendable {
  /// The byte string.
  public var bytes: [UInt8]
  /// Whether decoding gives the same case; if not, something was rounded down to what bytes hold.
  public var isExact: Bool
}

extension TestCase {
  /// The byte string from which the same grammar reads this case.
  ///
  /// A magnitude that has no encoding becomes the next lower one, and a choice that does not fit
  /// into the width of its record becomes 0; the answer says whether that happened.
  public func encoded() -> EncodedCase {
    var result = EncodedCase(bytes: [], isExact: true)
    for record in records {
      result.append(record)
    }
    return result
  }
}

extension EncodedCase {
  fileprivate mutating func append(_ record: Record) {
    guard let width = record.width else {
      for choice in record.choices { append(choice, choice.form.byteCount(below: choice.bound)) }
      return
    }
    let end = bytes.count + width
    var isFull = false
    for choice in record.choices {
      let size = choice.form.byteCount(below: choice.bound)
      isFull = isFull || size > end - bytes.count
      if isFull {
        isExact = isExact && choice.value == 0
        bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
      } else {
        append(choice, size)
      }
    }
    bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
  }

  private mutating func append(_ choice: Choice, _ size: Int) {
    var word = choice.value
    if choice.form == .magnitude {
      let exact = Magnitude(exactly: choice.value)
      isExact = isExact && exact != nil
      word = UInt64((exact ?? Magnitude(roundingDown: choice.value)).word)
    }
    for _ in 0..<size {
      bytes.append(UInt8(truncatingIfNeeded: word))
      word >>= 8
    }
  }
}
