import SharingModel
import SimulatedHypervisors

/// Backends on which candidates are tried, one after the other, until one fails as it should.
///
/// A program names no backend, so the smallest program may fail on another one than the first.
public struct Lineup {
  public let fingerprint: Fingerprint
  public let backends: [Backend]
  private let run: (Program, Backend) -> Attempt

  /// - Parameter run: runs a candidate on a backend.
  public init(
    fingerprint: Fingerprint, backends: [Backend], run: @escaping (Program, Backend) -> Attempt
  ) {
    self.fingerprint = fingerprint
    self.backends = backends
    self.run = run
  }

  /// The same backends, this one first.
  public func beginning(with backend: Backend) -> Lineup {
    let others = backends.filter { $0 != backend }
    return Lineup(fingerprint: fingerprint, backends: [backend] + others, run: run)
  }

  /// The first backend on which a candidate fails as it should, and how it does.
  public func place(
    of candidate: Program
  ) -> (backend: Backend, failure: Minimiser.Failure)? {
    for backend in backends {
      guard let failure = run(candidate, backend).failure, failure.fingerprint == fingerprint else {
        continue
      }
      return (backend, failure)
    }
    return nil
  }

  /// What came of a candidate where it fails as it should, or else of it everywhere.
  public func attempt(_ candidate: Program) -> Attempt {
    var idle: Idle?
    for (index, backend) in backends.enumerated() {
      let attempt = run(candidate, backend)
      if attempt.failure?.fingerprint == fingerprint { return attempt }
      if index == 0 { idle = attempt.idle } else if idle != attempt.idle { idle = nil }
    }
    return Attempt(failure: nil, idle: idle)
  }
}
