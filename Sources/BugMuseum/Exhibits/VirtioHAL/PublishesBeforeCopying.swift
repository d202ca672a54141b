import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// The device may read as soon as it has the address.
  static let publishesBeforeCopying = Exhibit(
    "publishes-before-copying", "What is sent is copied only when the driver calls again.",
    source: "asterinas #3291",
    seenBy: ["bounce-copies-follow-the-direction"]
  ) { machine in
    var late: (() -> Void)?
    return try Wrapped(coreOn: machine) { call, core in
      late?()
      late = nil
      guard case .share(let buffer, let direction) = call, direction != .deviceToDriver else {
        return core.perform(call)
      }
      let outcome = core.perform(.share(buffer, .deviceToDriver))
      guard case .address(let bounce, _) = outcome else { return outcome }
      let source = machine.memory.physicalAddress(of: buffer.address)
      late = { machine.memory.copy(from: source, to: bounce, size: buffer.size) }
      return outcome
    }
  }
}
