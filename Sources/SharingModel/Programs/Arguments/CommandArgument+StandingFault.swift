import SimulatedHypervisors

extension CommandArgument {
  /// How every hypercall fails from now on, or that none does.
  static let standingFault: CommandArgument = {
    let modes: [FaultMode?] = [nil] + Grammar.faultModes + Grammar.rareFaultModes
    return CommandArgument(
      "a kind of failure", "FAILURE", .faultMode(none: "none"),
      .range(0...UInt64(modes.count - 1)),
      set: { $1.mode = modes[Int($0)] },
      number: { values in modes.firstIndex { $0 == values.mode }.map(UInt64.init) },
      tries: one(of: \.standingFaults) { $1.mode = $0 },
      widen: { values, alphabet in
        if !alphabet.standingFaults.contains(values.mode) {
          alphabet.standingFaults.append(values.mode)
        }
      })
  }()
}
