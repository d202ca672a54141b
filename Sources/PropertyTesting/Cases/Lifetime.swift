/// What one slot held from its creation until the slot was given something else.
public struct Lifetime: Equatable, Sendable {
  /// Where a choice stands.
  public struct Position: Hashable, Sendable {
    /// The record.
    public var record: Int
    /// The choice in the record.
    public var choice: Int
  }

  /// The space of slots.
  public let space: UInt8
  /// The slot.
  public let slot: UInt64
  /// The number of slots in the space; 0 means all of `UInt64`.
  let bound: UInt64
  /// Every choice that names the slot in this time; the first one creates.
  public internal(set) var positions: [Position]
  /// The record that first ends it, if one does.
  public internal(set) var end: Int?

  /// The record that creates.
  public var start: Int { positions[0].record }

  /// The records that create, use or end, in order, each once.
  public var records: [Int] {
    var result: [Int] = []
    for position in positions where result.last != position.record {
      result.append(position.record)
    }
    return result
  }
}
