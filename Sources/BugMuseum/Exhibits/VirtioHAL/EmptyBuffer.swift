import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Nobody asks whether there is anything to share.
  static let emptyBuffer = Exhibit(
    "empty-buffer", "Sharing a buffer of no bytes takes a block.",
    source: "AOSP pvmfw, fixed by 4e082c38 and 7cbe29a8; virtio-drivers, fixed by 37a1b75",
    seenBy: ["bad-requests-are-refused"],
    shown: Capabilities.everything.subtracting([.callOrder, .pooling])
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .share(let buffer, _) = call, buffer.size == 0 else { return core.perform(call) }
      return core.perform(.allocateShared(size: 1, alignment: 16))
    }
  }
}
