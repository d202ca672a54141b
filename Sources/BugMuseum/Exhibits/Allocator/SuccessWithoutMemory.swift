import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Whoever looks at the status alone uses address 0.
  static let successWithoutMemory = Exhibit(
    "success-without-memory", "Where no memory is left, success is answered with address 0.",
    source: "Zephyr #14504",
    seenBy: ["buffers-honour-their-layout"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      guard case .allocateShared = call, case .failed(.exhausted) = outcome else { return outcome }
      return .address(PhysicalAddress(0), nil)
    }
  }
}
