import SharingHarness
import SharingModel

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Exhibit {
  /// For the supervision: a call that never returns must not hang the run, although it uses no
  /// processor time.
  static let canarySleeps = Exhibit(
    "canary-sleeps", "Allocating a shared buffer sleeps for ever.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      while case .allocateShared = call { pause() }
      return core.perform(call)
    }
  }
}
