import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: the program that died may be one that no seed makes by itself.
  static let canaryTrapsSeldom = Exhibit(
    "canary-traps-seldom", "The third of three like DMA buffers in a row, of several pages, traps.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    var last: GuestCall?
    var repeats = 0
    return try Wrapped(coreOn: machine) { call, core in
      repeats = call == last ? repeats + 1 : 0
      last = call
      if case .dmaAlloc(2..., _) = call, repeats == 2 { fatalError("the canary traps") }
      return core.perform(call)
    }
  }
}
