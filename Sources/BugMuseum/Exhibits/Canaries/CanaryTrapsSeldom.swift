import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: the program that died may be one that no seed makes by itself.
  static let canaryTrapsSeldom = Exhibit(
    "canary-traps-seldom", "Allocating a shared buffer of 12289 bytes, aligned to 256, traps.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    Wrapped(coreOn: machine) { call, core in
      if case .allocateShared(12289, 256) = call { fatalError("the canary traps") }
      return core.perform(call)
    }
  }
}
