import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// The driver's frees were trusted to undo every share.
  static let leaksWhatWasNotFreed = Exhibit(
    "leaks-what-was-not-freed",
    "Nothing takes back what is shared while a buffer was never freed: it stays shared when the "
      + "guest OS starts.",
    source: "AOSP pvmfw before 'Improve memory sharing with the host'",
    seenBy: ["nothing-is-shared-after-teardown"], scope: .dynamic
  ) { machine in
    try Rig.core.make(machine).map(LeakySystem.init)
  }
}

private final class LeakySystem: SharingSystem {
  private let core: any SharingSystem
  private var live = LiveBuffers()
  private var isClosed = false

  init(_ core: any SharingSystem) { self.core = core }

  func perform(_ call: GuestCall) -> Outcome {
    switch call {
    case .unshareAll where live.count > 0 && !isClosed:
      isClosed = true
      return .unshared(UnshareReport())
    case .drop where live.count > 0:
      return .done
    case .allocateShared, .dmaAlloc, .share, .deallocateShared, .dmaDealloc, .unshare,
      .initialise:
      if isClosed { return .failed(.closed) }
    default: break
    }
    let outcome = core.perform(call)
    live.note(call, outcome)
    return outcome
  }

  func observe(into observation: inout Observation) { core.observe(into: &observation) }
}
