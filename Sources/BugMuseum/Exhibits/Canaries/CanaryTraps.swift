import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: a process that dies must not end the run.
  static let canaryTraps = Exhibit(
    "canary-traps", "Allocating a shared buffer traps.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      if case .allocateShared = call { fatalError("the canary traps") }
      return core.perform(call)
    }
  }
}
