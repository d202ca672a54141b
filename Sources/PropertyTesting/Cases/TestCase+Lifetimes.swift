extension TestCase {
  /// The lifetimes of all slots, in the order of their creation.
  ///
  /// What is used before anything created it belongs to none; what is used after its end still
  /// belongs to it.
  public func lifetimes() -> [Lifetime] {
    struct SlotKey: Hashable {
      var space: UInt8
      var slot: UInt64
    }
    var current: [SlotKey: Int] = [:]
    var result: [Lifetime] = []
    for record in commands {
      for (index, choice) in records[record].choices.enumerated() {
        guard let space = choice.role.space else { continue }
        let slot = SlotKey(space: space, slot: choice.value)
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
