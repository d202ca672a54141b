import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let staticExhaustionRefills = Exhibit(
    "static-exhaustion-refills", "An exhausted static pool starts to share on demand.",
    source: "AOSP pvmfw, open: a refused dynamic init leaves a sharer behind",
    seenBy: ["static-pools-make-no-hypercall"], scope: .fixed
  ) { machine in
    let ports = SharingPorts(machine)
    let core = try ports.system()
    return Wrapped(core) { call, core in
      let outcome = core.perform(call)
      switch (call, outcome) {
      case (.allocateShared, .failed(.exhausted)), (.dmaAlloc, .failed(.exhausted)),
        (.share, .failed(.exhausted)):
        ports.hypercall(.memShare, machine.configuration.arena.start.rawValue)
      default: break
      }
      return outcome
    }
  }
}
