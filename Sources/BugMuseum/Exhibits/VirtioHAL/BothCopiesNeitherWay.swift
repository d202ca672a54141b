import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// A direction is compared with the two that name one way.
  static let bothCopiesNeitherWay = Exhibit(
    "both-copies-neither-way",
    "A buffer that goes both ways is copied neither to the device nor back.",
    source: "AOSP pvmfw; fixed by 334a4654",
    seenBy: ["bounce-copies-follow-the-direction"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      switch call {
      case .share(let buffer, .both): core.perform(.share(buffer, .deviceToDriver))
      case .unshare(let address, let buffer, .both):
        core.perform(.unshare(address, buffer, .driverToDevice))
      default: core.perform(call)
      }
    }
  }
}
