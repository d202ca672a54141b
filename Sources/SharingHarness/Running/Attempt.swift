/// What shrinking and proving want to know of a candidate that was run.
public struct Attempt: Sendable {
  /// How it failed; nil if it held.
  public let failure: Minimiser.Failure?
  /// Its first step that came to nothing.
  public let idle: Idle?

  public init(failure: Minimiser.Failure?, idle: Idle?) {
    self.failure = failure
    self.idle = idle
  }

  /// What came of a program that could not be run.
  public static var impossible: Attempt { Attempt(failure: nil, idle: nil) }
}

extension Verdict {
  /// How the program failed; nil if it held.
  public var failure: Minimiser.Failure? {
    fingerprint.map { Minimiser.Failure(fingerprint: $0, step: failingStep) }
  }

  public var attempt: Attempt { Attempt(failure: failure, idle: idle) }
}

extension Trace {
  /// How the program failed; nil if it held.
  public var failure: Minimiser.Failure? {
    fingerprint.map { Minimiser.Failure(fingerprint: $0, step: failingStep) }
  }

  public var attempt: Attempt { Attempt(failure: failure, idle: idle) }
}
