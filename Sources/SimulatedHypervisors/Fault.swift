/// How a hypercall goes wrong.
public enum FaultMode: Equatable, Hashable, Sendable {
  /// It answers this, and has no effect.
  case fails(answer: Int64)
  /// It takes effect and answers -3 (CVE-2024-35939 is of this kind).
  case failsButTakesEffect
  /// It answers this, which is neither 0 nor an error, and has no effect.
  case answersGarbage(UInt64)

  /// The plainest failure: -3.
  public static var fails: FaultMode { .fails(answer: -3) }
}

/// One hypercall of the next command going wrong.
public struct Fault: Equatable, Hashable, Sendable {
  /// Which hypercall of the command, the first being 1.
  public let position: Int
  public let mode: FaultMode
  /// Whether all hypercalls after it go wrong in the same way, until the standing fault is another.
  public let lasts: Bool

  public init(position: Int, mode: FaultMode, lasts: Bool = false) {
    self.position = position
    self.mode = mode
    self.lasts = lasts
  }
}

/// What the host does just before a hypercall, in the middle of a command.
public enum HostDeed: Equatable, Hashable, CaseIterable, Sendable {
  /// It writes into all that it can reach.
  case writes
  /// It pins all that it can reach.
  case pins
  /// It lets go of all that it has pinned.
  case unpins
}

/// What happens at hypercalls by their place in the whole run, whatever command makes them.
public struct RunFault: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case goesWrong(FaultMode)
    /// The call is let be, but just before it the host pins all that it can reach.
    case hostPins
    /// The call is let be, but just before it the host writes into all that it can reach.
    case hostWrites
  }

  /// Which hypercalls since the monitor's last reset, the first being 1.
  public let calls: Range<Int>
  public let kind: Kind

  public init(calls: Range<Int>, kind: Kind) {
    self.calls = calls
    self.kind = kind
  }
}

/// How many hypercalls were made to go wrong, by mode.
public struct FaultCounts: Equatable, Sendable {
  public var failed: Int = 0
  public var failedButTookEffect: Int = 0
  public var answeredGarbage: Int = 0

  public init() {}

  public var total: Int { failed + failedButTookEffect + answeredGarbage }

  mutating func count(_ mode: FaultMode) {
    switch mode {
    case .fails: failed += 1
    case .failsButTakesEffect: failedButTookEffect += 1
    case .answersGarbage: answeredGarbage += 1
    }
  }
}
