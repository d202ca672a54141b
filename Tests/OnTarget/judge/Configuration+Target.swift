import SharingModel

extension Configuration {
  /// Where the arenas of programs lie on the target.
  private static var targetArena: UInt64 { 0x4600_0000 }
  private static var mostTargetBytes: UInt64 { 4 << 20 }

  /// The machine of a program moved to where the target has memory, its start as ragged as it was;
  /// nil for one that the target cannot be.
  ///
  /// A program of the grammar has a granule by chance; the target has that of the run. First-fit
  /// heaps are not built into the player, nor heaps that grow; its hypervisor is known, and its
  /// MMIO granule is a page.
  func onTarget(granule: UInt64) -> Configuration? {
    guard self.granule == granule, heapRule == .buddy, arenaSize <= Self.mostTargetBytes,
      heldBack == 0, mmioGranule == 4096, disguise == .itself, missingPoolMetadata == 0
    else { return nil }
    var moved = self
    moved.arenaStart = Self.targetArena + arenaStart & 0xF_FFFF
    return moved == moved.normalised ? moved : nil
  }
}

extension Program {
  /// The same program on a machine that the target can be, without what cannot be asked of it; nil
  /// where there is no such machine.
  ///
  /// - Parameter withFaults: whether hypercalls can be made to fail there, and granules pinned.
  func onTarget(granule: UInt64, withFaults: Bool = true) -> Program? {
    configuration.onTarget(granule: granule).map { machine in
      let known = steps.compactMap(\.onTarget)
      return Program(
        configuration: machine, steps: withFaults ? known : known.compactMap(\.withoutFaults))
    }
  }
}

extension Step {
  /// The step with nothing going wrong at the hypervisor; nil for one that is about nothing else.
  fileprivate var withoutFaults: Step? {
    switch command {
    case .standingFault, .pin, .unpinAll: nil
    default: Step(command)
    }
  }

  /// The step with at most one fault, of a kind that the target knows; nil for a command that it
  /// does not know.
  fileprivate var onTarget: Step? {
    if case .heapAdd = command { return nil }
    if case .initialise(.crowdedMap) = command { return nil }
    if case .standingFault(let mode?) = command, !Grammar.faultModes.contains(mode) { return nil }
    let known = faults.filter { fault in
      switch fault {
      // Of rare answers the simulator alone knows which of them a guest takes for good ones.
      case .hypercall(_, let mode): Grammar.faultModes.contains(mode)
      case .heapAllocation: true
      case .hypercalls, .heapFree, .host, .guest: false
      }
    }
    var command = command
    if case .share(let slot, let size, let direction, _) = command {
      // The target has no memory at the top of the address space.
      command = .share(slot, size: size, direction)
    }
    return Step(command, faults: CommandFaults(known.prefix(1)))
  }
}
