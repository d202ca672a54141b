/// A byte string read record by record, every record a span of fixed width.
@usableFromInline
struct ByteInput {
  private var bytes: [UInt8]
  private var cursor = 0
  private var recordEnd = 0

  @usableFromInline
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Whether anything is left after the current record.
  @usableFromInline
  var hasMore: Bool { recordEnd < bytes.count }

  /// Goes to the next record, however much of the last one was read.
  /// - Parameter width: the number of bytes of the record; nil for all that are left.
  mutating func beginRecord(_ width: Int?) {
    cursor = recordEnd
    recordEnd = width.map { recordEnd + $0 } ?? max(recordEnd, bytes.count)
  }

  /// Reads one choice; beyond the record's width everything is 0.
  @usableFromInline
  mutating func read(below bound: UInt64, as form: Choice.Form) -> UInt64 {
    let size = form.byteCount(below: bound)
    guard size <= recordEnd - cursor else {
      cursor = recordEnd
      return 0
    }
    var word: UInt64 = 0
    for offset in 0..<size where cursor + offset < bytes.count {
      word |= UInt64(bytes[cursor + offset]) << UInt64(8 * offset)
    }
    cursor += size
    return switch form {
    case .integer, .signed: bound == 0 ? word : word % bound
    case .magnitude: Magnitude(word: UInt32(truncatingIfNeeded: word)).value
    }
  }
}
