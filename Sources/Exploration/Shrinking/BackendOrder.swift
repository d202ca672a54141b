import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Backends on which candidates are tried, one after the other, until one fails as it should.
///
/// A program names no backend, so the smallest program may fail on another one than the first.
struct BackendOrder {
  let fingerprint: Fingerprint
  let backends: [Backend]
  /// Runs a candidate on a backend; nil where it cannot run there.
  let run: (Program, Backend) -> Verdict?

  /// The same backends, this one first.
  func beginning(with backend: Backend) -> BackendOrder {
    let others = backends.filter { $0 != backend }
    return BackendOrder(fingerprint: fingerprint, backends: [backend] + others, run: run)
  }

  /// The first backend on which a candidate fails as it should.
  func backend(for candidate: Program) -> Backend? {
    backends.first { run(candidate, $0)?.fingerprint == fingerprint }
  }

  /// The verdict on a candidate where it fails as it should; or else, that it does so nowhere.
  func verdict(of candidate: Program) -> Verdict {
    var noOp: NoOp?
    for (index, backend) in backends.enumerated() {
      let verdict = run(candidate, backend)
      if let verdict, verdict.fingerprint == fingerprint { return verdict }
      if index == 0 { noOp = verdict?.noOp } else if noOp != verdict?.noOp { noOp = nil }
    }
    return Verdict(noOp: noOp)
  }
}
