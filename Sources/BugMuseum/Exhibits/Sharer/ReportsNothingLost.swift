import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let reportsNothingLost = Exhibit(
    "reports-nothing-lost",
    "A teardown keeps quiet about the granules that it could not take back.",
    source: "ours: a guest OS that nobody warns is entered", seenBy: ["losses-are-reported"],
    scope: .dynamic
  ) { machine in
    guard let core = try Rig.core.make(machine) else { return nil }
    return Wrapped(core) { call, core in
      let outcome = core.perform(call)
      guard case .unshared(var report) = outcome else { return outcome }
      report.granulesQuarantined = 0
      return .unshared(report)
    }
  }
}
