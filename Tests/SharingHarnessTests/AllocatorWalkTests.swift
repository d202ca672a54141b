import Exploration
import SharingHarness
import Testing

@Suite("Walks of the allocator") struct AllocatorWalkTests {
  /// C(1) = 2, and an allocator of twice the blocks is two of half, or one block of all.
  @Test(
    "The core has as many states as there are ways to use its blocks, and answers rightly in each",
    arguments: [(1, 2), (2, 5), (4, 26), (8, 677)])
  func counts(blocks: Int, states: Int) {
    let result = AllocatorWalk(blocks: blocks, of: WalkedCore(blocks: blocks)).run()
    #expect(result.violation == nil)
    #expect(result.states == states)
    let half = blocks / 2
    if half > 0 {
      let halves = AllocatorWalk(blocks: half, of: WalkedCore(blocks: half)).run()
      #expect(result.states == halves.states * halves.states + 1)
    }
  }

  @Test("A walk sees what is wrong with an allocator", arguments: Sabotage.allCases)
  func sabotages(sabotage: Sabotage) {
    let result = AllocatorWalk(blocks: 8, of: SabotagedWalk(sabotage)).run()
    #expect(result.violation != nil)
  }

  enum Sabotage: CaseIterable {
    case servesTheHighest, forgetsToMerge, freesTwice, freesAnyOrder, listsNothing, runsOut
  }

  /// The core with one thing wrong.
  struct SabotagedWalk: WalkedAllocator {
    let sabotage: Sabotage
    let core = WalkedCore(blocks: 8)
    let last = Last()

    final class Last {
      var freed: (slot: Int, order: Int)?
      var allocations = 0
    }

    init(_ sabotage: Sabotage) { self.sabotage = sabotage }

    func reset() {
      last.freed = nil
      last.allocations = 0
      core.reset()
    }

    func allocate(order: Int) -> Int? {
      last.allocations += 1
      if sabotage == .runsOut, last.allocations > 7 { return nil }
      guard sabotage == .servesTheHighest, let first = core.allocate(order: order) else {
        return core.allocate(order: order)
      }
      guard let second = core.allocate(order: order) else { return first }
      _ = core.free(first, order: order)
      return second
    }

    func free(_ slot: Int, order: Int) -> Bool {
      if sabotage == .freesTwice, let freed = last.freed, freed == (slot, order) { return true }
      let isFreed = core.free(slot, order: order)
      if isFreed { last.freed = (slot, order) }
      if !isFreed, sabotage == .freesAnyOrder, order > 0 {
        return core.free(slot, order: order - 1)
      }
      return isFreed
    }

    func forEachFreeBlock(_ body: (_ slot: Int, _ order: Int) -> Void) {
      core.forEachFreeBlock { slot, order in
        switch sabotage {
        case .listsNothing: break
        case .forgetsToMerge where order > 0:
          body(slot, order - 1)
          body(slot + 1 << (order - 1), order - 1)
        default: body(slot, order)
        }
      }
    }
  }
}
