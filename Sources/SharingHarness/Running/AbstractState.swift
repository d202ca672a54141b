import SharingModel

extension Model {
  /// The abstract state as a hash: the shape of the pool's free set, and how much else there is.
  ///
  /// What coverage counts and what the search for new programs goes by are the same states.
  /// Addresses are left out, and what is many is not counted.
  var abstractState: UInt64 {
    var hash = RunHash()
    hash.add(UInt64(backing.rawValue))
    hash.add(UInt64(live.count))
    hash.add(UInt64(regions.count))
    hash.add(UInt64(min(quarantined.ranges.count, 4)))
    hash.add(state == .open ? 1 : state == .closed ? 2 : 3)
    if let free = observation.poolFree {
      var order = UInt64.max
      var count: UInt64 = 0
      for block in free {
        if block.order != order {
          hash.add(order << 8 | min(count, 3))
          order = block.order
          count = 0
        }
        count += 1
      }
      hash.add(order << 8 | min(count, 3))
    }
    return hash.value
  }
}
