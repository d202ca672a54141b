import PropertyTesting
import SharingModel

/// The result of one run of a program on one backend: the verdict, and what else was asked for.
public struct Run: Sendable {
  public var verdict: Verdict
  /// What the run reached, for a search that builds upon it.
  public var notes = Notes()
  /// A bit for each of the first 64 steps that were no-ops.
  public var noOpSteps: UInt64 = 0
  /// Which invariants were checked, by their place in `Invariant.all`.
  public var checked: [Bool] = []
  /// What each step answered, up to the failing one, and last what the drop did; with `.outcomes`.
  public var outcomes: [Outcome] = []
  /// Where the run could have been disturbed; with `.injectionPoints`.
  public var injectionPoints: InjectionPoints?
  /// All that the future can depend on after the last step, before the drop; with `.state`.
  public var state: StateKey?

  public init(_ verdict: Verdict) { self.verdict = verdict }

  /// What is kept of a run besides its verdict, each at a cost.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static var outcomes: Parts { Parts(rawValue: 1) }
    public static var injectionPoints: Parts { Parts(rawValue: 2) }
    public static var state: Parts { Parts(rawValue: 4) }
  }
}
