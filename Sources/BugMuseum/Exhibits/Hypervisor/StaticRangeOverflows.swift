import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let staticRangeOverflows = Exhibit(
    "static-range-overflows", "Nobody checks that a static range ends within 64 bits.",
    source: "AOSP 9cfbfd6c", seenBy: ["bad-requests-are-refused"], scope: .fixed,
    shown: Capabilities.everything.subtracting([.callOrder, .freeBlocks])
  ) { machine in
    guard let core = try Rig.core.make(machine) else { return nil }
    return Wrapped(core) { call, core in
      let outcome = core.perform(call)
      guard case .initialise = call, case .failed(.rangeOverflows) = outcome else {
        return outcome
      }
      // The end wraps to a small number, and no address lies between: a pool without memory.
      return .done
    }
  }
}
