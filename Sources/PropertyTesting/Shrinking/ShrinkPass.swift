/// One way to make a failing case simpler.
public struct ShrinkPass: Sendable {
  /// When a pass is worth its evaluations.
  public enum Effort: Sendable {
    /// In every round.
    case light
    /// Only when a round of the light passes brought nothing.
    case thorough
  }

  /// What reports call it.
  public let name: String
  /// When it runs.
  public let effort: Effort

  let run: @Sendable (inout ShrinkContext) -> Void

  /// Makes a pass of a function that offers candidates to the context.
  public init(
    _ name: String, _ effort: Effort = .light,
    run: @escaping @Sendable (inout ShrinkContext) -> Void
  ) {
    self.name = name
    self.effort = effort
    self.run = run
  }
}

extension [ShrinkPass] {
  /// All passes, in the order in which they run.
  public static var standard: [ShrinkPass] {
    [
      .zeroEverything,
      .deleteRecords,
      .deleteLifetimes,
      .dropRejected,
      .deleteElements,
      .deleteCounted,
      .hoistParts,
      .lowerConfiguration,
      .zeroRecords,
      .renameSlots,
      .swapNeighbours,
      .joinArrays,
      .sortElements,
      .lowerChoices,
      .lowerTogether,
      .enlarge,
      .replaceRecords,
      .lowerByTheSame,
      .divide,
      .redistribute,
      .mergeElements,
      .deleteIndexed,
      .lowerWithConfiguration,
      .exchange,
      .stepDown,
      .swapParts,
      .shortenLifetimes,
      .fuseLifetimes,
      .mergeLifetimes,
      .deletePairs,
      .levelRecords,
      .reassignEnds,
      .deleteChoices,
    ]
  }
}
