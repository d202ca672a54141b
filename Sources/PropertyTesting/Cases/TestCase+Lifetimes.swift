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

extension TestCase {
  /// The lifetimes of all slots, in the order of their creation.
  ///
  /// What is used before anything created it belongs to none; what is used after its end still
  /// belongs to it.
  public func lifetimes() -> [Lifetime] {
    struct Slot: Hashable {
      var space: UInt8
      var slot: UInt64
    }
    var current: [Slot: Int] = [:]
    var result: [Lifetime] = []
    for record in commands {
      for (index, choice) in records[record].choices.enumerated() {
        guard let space = choice.role.space else { continue }
        let slot = Slot(space: space, slot: choice.value)
        let position = Lifetime.Position(record: record, choice: index)
        if choice.role == .defines(space) {
          current[slot] = result.count
          result.append(
            Lifetime(
              space: space, slot: choice.value, bound: choice.bound, positions: [position],
              end: nil))
        } else if let open = current[slot] {
          result[open].positions.append(position)
          if choice.role == .ends(space) && result[open].end == nil { result[open].end = record }
        }
      }
    }
    return result
  }
}
