import SharingHarness
import SharingModel

extension Exhibit {
  /// The next power of two of what is larger than the largest is 0 where nobody looks at overflows.
  static let sizeWrapsToZero = Exhibit(
    "size-wraps-to-zero", "More than 2^63 bytes are served with the smallest block.",
    source: "buddy_system_allocator 0.11.0 in a release build",
    seenBy: ["buffers-honour-their-layout", "bad-requests-are-refused"],
    shown: Capabilities.everything.subtracting([.callOrder, .pooling])
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      // Where hypercalls fail, so may the refill that the honest allocator does not make.
      guard case .allocateShared(let size, let alignment) = call, size > 1 << 63,
        machine.monitor.standingFault == nil, machine.monitor.armedFaults.isEmpty,
        case let outcome = core.perform(.allocateShared(size: 1, alignment: alignment)),
        case .address = outcome
      else { return core.perform(call) }
      return outcome
    }
  }
}
