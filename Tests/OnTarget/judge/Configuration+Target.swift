import SharingModel

extension Configuration {
  /// Where the arenas of programs lie on the target.
  private static var targetArena: UInt64 { 0x4600_0000 }
  private static var mostTargetBytes: UInt64 { 4 << 20 }

  /// The machine of a program moved to where the target has memory, its start as ragged as it was;
  /// nil for one that the target cannot be.
  ///
  /// A program of the grammar has a granule by chance; the target has that of the run. First-fit
  /// heaps are not built into the player.
  func onTarget(granule: UInt64) -> Configuration? {
    guard self.granule == granule, heapRule == .buddy, arenaSize <= Self.mostTargetBytes else {
      return nil
    }
    var moved = self
    moved.arenaStart = Self.targetArena + arenaStart & 0xF_FFFF
    return moved == moved.normalised ? moved : nil
  }
}

extension Program {
  /// The same program on a machine that the target can be; nil where there is none.
  func onTarget(granule: UInt64) -> Program? {
    configuration.onTarget(granule: granule).map { Program(configuration: $0, steps: steps) }
  }
}
