import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let servesInTheMiddle = Exhibit(
    "serves-in-the-middle",
    "A buffer that an interrupt handler asks for in the middle of a refill comes from the free "
      + "blocks that the refill had looked at, and the pool is not told.",
    source: "ours: a list of free blocks beside the pool, for callers that cannot wait",
    seenBy: ["nested-calls-are-refused"], scope: [.dynamic, .heap], shown: .everything
  ) { machine in
    var free: PhysicalAddress?
    return try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      switch (call, outcome) {
      case (.deallocateShared(let address, _, _), .done), (.dmaDealloc(let address, _), .done),
        (.unshare(let address, _, _), .done):
        free = address
      case (.allocateShared, .failed(.busy)): return free.map { .address($0, nil) } ?? outcome
      case (_, .address(let address, _)) where address == free: free = nil
      default: break
      }
      return outcome
    }
  }
}
