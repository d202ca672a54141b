import MemorySharing

/// Walks every state that an allocator over few blocks can reach, and tries everything in each.
///
/// No program is too long for it: states are finite, and the walk ends when nothing leads to a new
/// one. Every allocation must lie where the placement rule says, every wrong free be refused, and
/// the free blocks be the largest that the used ones leave (spec §3.3 to §3.5); all of that is
/// worked out here from the used blocks alone.
package struct AllocatorWalk {
  /// Smallest blocks: a power of two, at most 16.
  package let blocks: Int
  private let system: any WalkedAllocator

  /// The result of a walk.
  package struct Result: Equatable, Sendable {
    /// The states, the empty one included.
    package var states = 0
    /// The calls that were tried in them.
    package var transitions = 0
    /// What was wrong with one of them; nil if nothing was.
    package var violation: String?
  }

  /// - Parameter system: an allocator over that number of blocks.
  package init(blocks: Int, of system: any WalkedAllocator) {
    precondition(blocks > 0 && blocks <= 16 && blocks.nonzeroBitCount == 1)
    self.blocks = blocks
    self.system = system
  }

  /// The largest order.
  private var top: Int { blocks.trailingZeroBitCount }

  /// Walks to the fixpoint, or to the first violation.
  ///
  /// - Parameter progress: called now and then with the counts, and the states not yet tried.
  package func run(progress: (Result, _ frontier: Int) -> Void = { _, _ in }) -> Result {
    var result = Result(states: 1)
    var seen: Set<UsedBlocks> = [UsedBlocks()]
    var frontier = [UsedBlocks()]
    while let state = frontier.popLast() {
      result.violation = expand(state, &result.transitions) { next in
        if seen.insert(next).inserted { frontier.append(next) }
      }
      result.states = seen.count
      if result.violation != nil { return result }
      if result.states & 0xfff == 0 { progress(result, frontier.count) }
    }
    return result
  }

  /// Tries every call in a state; answers what was wrong.
  private func expand(
    _ state: UsedBlocks, _ transitions: inout Int, _ reach: (UsedBlocks) -> Void
  ) -> String? {
    if let evidence = build(state) { return "\(state): \(evidence)" }
    let free = state.freeBlocks(of: blocks)
    for order in 0...top + 1 {
      transitions += 1
      let wanted = free.first { $0.order >= order }
      let place = system.allocate(order: order)
      guard place == wanted?.slot else {
        return
          "\(state): order \(order) is served at \(describe(place)), not \(describe(wanted?.slot))"
      }
      guard let place else { continue }
      let next = state.using(place, order: order)
      if let evidence = difference(next) { return "\(next): \(evidence)" }
      reach(next)
      guard system.free(place, order: order) else { return "\(next): \(place) cannot be freed" }
      if let evidence = difference(state) { return "\(state), allocated and freed: \(evidence)" }
    }
    for slot in 0..<blocks {
      for order in 0...top where state.order(at: slot) != order {
        transitions += 1
        if system.free(slot, order: order) {
          return "\(state): \(slot) is freed with order \(order), which is not a block"
        }
      }
    }
    if let evidence = difference(state) { return "\(state), after wrong frees: \(evidence)" }
    for slot in 0..<blocks {
      guard let order = state.order(at: slot) else { continue }
      transitions += 1
      guard system.free(slot, order: order) else { return "\(state): \(slot) cannot be freed" }
      let next = state.freeing(slot)
      if let evidence = difference(next) { return "\(next): \(evidence)" }
      reach(next)
      if let evidence = build(state) { return "\(state): \(evidence)" }
    }
    return nil
  }

  /// Brings the allocator into a state: blocks are carved off in the order of their addresses,
  /// which is where the placement rule puts them, and those that should be free are freed again.
  private func build(_ state: UsedBlocks) -> String? {
    system.reset()
    let free = state.freeBlocks(of: blocks)
    let used = (0..<blocks).compactMap { slot in state.order(at: slot).map { (slot, $0) } }
    let all = (used + free.map { ($0.slot, $0.order) }).sorted { $0.0 < $1.0 }
    for (slot, order) in all where system.allocate(order: order) != slot {
      return "order \(order) is not served at \(slot), the lowest that is left"
    }
    for block in free where !system.free(block.slot, order: block.order) {
      return "\(block.slot) cannot be freed"
    }
    return difference(state)
  }

  /// How the allocator's free blocks differ from what a state leaves.
  private func difference(_ state: UsedBlocks) -> String? {
    let wanted = state.freeBlocks(of: blocks)
    var found: [FreeBlock] = []
    system.forEachFreeBlock { found.append(FreeBlock(slot: $0, order: $1)) }
    return found == wanted ? nil : "free are \(found), not \(wanted)"
  }

  private func describe(_ slot: Int?) -> String { slot.map(String.init) ?? "nowhere" }
}

/// An allocator that a walk can bring from state to state; blocks are named by their first slot.
package protocol WalkedAllocator {
  /// Makes all free again.
  func reset()
  /// The first slot of a new block; nil where none is left.
  func allocate(order: Int) -> Int?
  /// Whether a block was freed.
  func free(_ slot: Int, order: Int) -> Bool
  /// Names every free block, by order, then by slot.
  func forEachFreeBlock(_ body: (_ slot: Int, _ order: Int) -> Void)
}

/// A free block, as a walk sees it.
struct FreeBlock: Equatable, CustomStringConvertible {
  let slot: Int
  let order: Int
  var description: String { "\(slot):\(order)" }
}

/// A state: which blocks are used. Four bits a slot, the order of the used block that begins there
/// and 1, or 0.
struct UsedBlocks: Hashable, CustomStringConvertible {
  private var code: UInt64 = 0

  func order(at slot: Int) -> Int? {
    let nibble = Int((code >> UInt64(4 * slot)) & 0xf)
    return nibble == 0 ? nil : nibble - 1
  }

  func using(_ slot: Int, order: Int) -> UsedBlocks {
    var result = self
    result.code |= UInt64(order + 1) << UInt64(4 * slot)
    return result
  }

  func freeing(_ slot: Int) -> UsedBlocks {
    var result = self
    result.code &= ~(0xf << UInt64(4 * slot))
    return result
  }

  /// The largest aligned blocks that are wholly free, by order, then by slot.
  func freeBlocks(of blocks: Int) -> [FreeBlock] {
    var taken: UInt32 = 0
    for slot in 0..<blocks {
      if let order = order(at: slot) { taken |= Self.slots(slot, order) }
    }
    var result: [FreeBlock] = []
    for order in stride(from: blocks.trailingZeroBitCount, through: 0, by: -1) {
      for slot in stride(from: blocks - (1 << order), through: 0, by: -(1 << order)) {
        let block = Self.slots(slot, order)
        guard taken & block == 0 else { continue }
        taken |= block
        result.append(FreeBlock(slot: slot, order: order))
      }
    }
    return result.reversed()
  }

  private static func slots(_ slot: Int, _ order: Int) -> UInt32 {
    (UInt32(1) << UInt32(1 << order) &- 1) << UInt32(slot)
  }

  var description: String {
    let used = (0..<16).compactMap { slot in order(at: slot).map { "\(slot):\($0)" } }
    return "used [\(used.joined(separator: " "))]"
  }
}
