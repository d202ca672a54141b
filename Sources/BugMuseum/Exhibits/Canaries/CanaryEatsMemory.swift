import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: a call that takes all memory must not take the machine's.
  static let canaryEatsMemory = Exhibit(
    "canary-eats-memory", "Allocating a shared buffer takes memory until there is none.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      var eaten: [[UInt8]] = []
      while case .allocateShared = call { eaten.append([UInt8](repeating: 1, count: 1 << 20)) }
      return core.perform(call)
    }
  }
}
