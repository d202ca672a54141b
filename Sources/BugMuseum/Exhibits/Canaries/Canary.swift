import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Plainly broken: if this one is not found, the machinery cannot fail at all.
  static let canary = Exhibit(
    "canary", "Every buffer is said to lie at address 0.",
    source: "ours", seenBy: ["buffers-honour-their-layout"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      guard case .allocateShared = call, case .address = outcome else { return outcome }
      return .address(PhysicalAddress(0), nil)
    }
  }
}
