import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let servesAfterTeardown = Exhibit(
    "serves-after-teardown",
    "The pool outlives the sharer, and serves memory that is private again.",
    source: "AOSP pvmfw, open: SHARED_POOL after unshare_all_memory",
    seenBy: ["nothing-is-served-after-teardown"], shown: .unmetered
  ) { machine in
    let blocks = CoreBlocks(machine)
    let core = try CoreSystem(machine, poolBlocks: blocks)
    return Wrapped(core) { call, core in
      let outcome = core.perform(call)
      guard case .allocateShared(let size, let alignment) = call,
        case .failed(.closed) = outcome,
        let layout = try? Layout(size: size, alignment: alignment),
        let address = try? blocks.allocate(layout)
      else { return outcome }
      return .address(address, nil)
    }
  }
}
