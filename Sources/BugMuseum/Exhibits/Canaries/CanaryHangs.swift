import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: a call that never returns, and computes, must not hang the run.
  static let canaryHangs = Exhibit(
    "canary-hangs", "Allocating a shared buffer never returns.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      var observation = Observation()
      while case .allocateShared = call { core.observe(into: &observation) }
      return core.perform(call)
    }
  }
}
