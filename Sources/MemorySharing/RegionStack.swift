/// The book of a sharer: its regions in the order they were taken, each with a bit per granule that
/// says whether the granule is quarantined.
///
/// It lies in storage that the caller handed in and is written through a pointer, since the sharer
/// must also keep it while it is dropped. A record is its bitmap, then three words: start, size,
/// and state (bits 0 and 1), log2 of the alignment (bits 2 to 7) and bitmap words (from bit 8). So
/// the stack can be walked from its end.
@usableFromInline
package struct RegionStack {
  @usableFromInline
  enum State: UInt64 {
    /// Being shared, or shared.
    case shared
    /// Private again but for its quarantined granules; the heap does not get it back.
    case kept
    /// Back in the heap, or kept and reported.
    case settled
  }

  private static var footerWords: Int { 3 }

  private let words: UnsafeMutablePointer<UInt64>
  private let capacity: Int
  private(set) var end = 0

  /// - Parameter storage: aligned to 8; it must outlive the stack.
  @usableFromInline
  init(storage: UnsafeMutableRawBufferPointer) {
    let start = storage.baseAddress
    capacity = start == nil ? 0 : storage.count / 8
    words =
      start?.bindMemory(to: UInt64.self, capacity: capacity)
      ?? UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
  }

  /// Bytes of storage that a record of so many granules takes.
  @usableFromInline
  package static func recordSize(granules: UInt64) -> UInt64 {
    (granules >> 6 &+ (granules & 63 == 0 ? 0 : 1) &+ UInt64(footerWords)) &* 8
  }

  /// A record: where its footer begins.
  @usableFromInline
  struct Record {
    fileprivate let footer: Int
  }

  /// Throws when no record of so many granules fits any more.
  ///
  /// - Throws: `outOfMetadata`.
  @usableFromInline
  func reserve(granules: UInt64) throws(ShareError) {
    let available = UInt64(capacity - end) &* 8
    let needed = Self.recordSize(granules: granules)
    guard needed <= available else {
      throw .outOfMetadata(needed: needed, available: available)
    }
  }

  /// Records a region in the space that `reserve` found, in state `shared`.
  ///
  /// - Parameter alignment: what the heap was asked for, and must be told when it gets the region.
  @usableFromInline
  mutating func push(_ region: AddressRange, alignment: UInt64, granules: UInt64) -> Record {
    let bitmap = (Int(Self.recordSize(granules: granules)) / 8) - Self.footerWords
    for word in 0..<bitmap { words[end + word] = 0 }
    let footer = end + bitmap
    words[footer] = region.start.rawValue
    words[footer + 1] = region.size
    words[footer + 2] = UInt64(bitmap) << 8 | alignment.ceilingLog2 << 2 | State.shared.rawValue
    end = footer + Self.footerWords
    return Record(footer: footer)
  }

  /// Forgets the youngest record.
  @usableFromInline
  mutating func pop() {
    guard let last else { return }
    end = last.footer - bitmapWords(of: last)
  }

  /// The youngest record.
  @usableFromInline
  var last: Record? { end == 0 ? nil : Record(footer: end - Self.footerWords) }

  /// The next older record.
  @usableFromInline
  func before(_ record: Record) -> Record? {
    let start = record.footer - bitmapWords(of: record)
    return start == 0 ? nil : Record(footer: start - Self.footerWords)
  }

  @usableFromInline
  func region(of record: Record) -> AddressRange {
    AddressRange(uncheckedStart: words[record.footer], size: words[record.footer + 1])
  }

  /// The layout that the region was asked for with.
  @usableFromInline
  func layout(of record: Record) -> Layout {
    Layout(
      uncheckedSize: words[record.footer + 1],
      alignment: 1 &<< (words[record.footer + 2] >> 2 & 63))
  }

  @usableFromInline
  func state(of record: Record) -> State {
    State(rawValue: words[record.footer + 2] & 3) ?? .settled
  }

  @usableFromInline
  func setState(_ state: State, of record: Record) {
    words[record.footer + 2] = words[record.footer + 2] & ~3 | state.rawValue
  }

  @usableFromInline
  func isQuarantined(_ granule: UInt64, of record: Record) -> Bool {
    let start = record.footer - bitmapWords(of: record)
    return words[start + Int(granule >> 6)] & (1 &<< (granule & 63)) != 0
  }

  @usableFromInline
  func quarantine(_ granule: UInt64, of record: Record) {
    let start = record.footer - bitmapWords(of: record)
    words[start + Int(granule >> 6)] |= 1 &<< (granule & 63)
  }

  private func bitmapWords(of record: Record) -> Int { Int(words[record.footer + 2] >> 8) }
}
