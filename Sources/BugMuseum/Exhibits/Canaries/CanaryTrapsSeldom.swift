import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: the program that died may be one that no seed makes by itself.
  static let canaryTrapsSeldom = Exhibit(
    "canary-traps-seldom", "The fourth of four like buffers in a row, of several pages, traps.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    var last: GuestCall?
    var repeats = 0
    return try Wrapped(coreOn: machine) { call, core in
      repeats = call == last ? repeats + 1 : 0
      last = call
      if case .allocateShared(4097..., _) = call, repeats == 3 { fatalError("the canary traps") }
      return core.perform(call)
    }
  }
}
