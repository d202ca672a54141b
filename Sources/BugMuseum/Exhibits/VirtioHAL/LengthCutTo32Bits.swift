import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// A descriptor's length has 32 bits.
  static let lengthCutTo32Bits = Exhibit(
    "length-cut-to-32-bits", "Of a buffer's length the lower 32 bits are shared: 2^32 + 1 is 1.",
    source: "virtio-drivers #141",
    seenBy: ["buffers-honour-their-layout"],
    shown: Capabilities.everything.subtracting([.callOrder, .pooling])
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .share(let buffer, let direction) = call, buffer.size > UInt32.max,
        buffer.size < 1 << 36
      else {
        return core.perform(call)
      }
      let cut = GuestBuffer(address: buffer.address, size: buffer.size & UInt64(UInt32.max))
      let outcome = core.perform(.share(cut, direction))
      if case .address = outcome { return outcome }
      return core.perform(call)
    }
  }
}
