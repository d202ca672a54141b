import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// A table of descriptors is shared this way: the host chooses what is freed later.
  static let copiesBackWhatWasOnlySent = Exhibit(
    "copies-back-what-was-only-sent",
    "A buffer that only the device was to read is overwritten with what the device left.",
    source: "hypothetical, after the indirect table of virtio-drivers",
    seenBy: ["bounce-copies-follow-the-direction"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .unshare(let address, let buffer, .driverToDevice) = call else {
        return core.perform(call)
      }
      return core.perform(.unshare(address, buffer, .both))
    }
  }
}
