import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let zeroesTheSlotBefore = Exhibit(
    "zeroes-the-slot-before",
    "What is zeroed for a new DMA buffer is the one that was handed out before it.",
    source: "ours: off by one in the slot", seenBy: ["buffer-contents-are-kept"]
  ) { machine in
    var before: AddressRange?
    return try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      switch (call, outcome) {
      case (.dmaAlloc(let pages, _), .address(let address, _)):
        if let before { machine.memory.zero(before) }
        before = try? AddressRange(start: address, size: pages * 4096)
      // It may be freed by the call that frees another kind, too.
      case (.dmaDealloc(let address, _), .done), (.deallocateShared(let address, _, _), .done),
        (.unshare(let address, _, _), .done):
        if before?.start == address { before = nil }
      case (.unshareAll, _): before = nil
      default: break
      }
      return outcome
    }
  }
}
