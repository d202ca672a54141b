import SharingHarness
import SharingModel

/// What shrinking and proving want to know of a candidate that was run, whoever has judged it.
package protocol CandidateVerdict {
  /// How it failed; nil if it held.
  var fingerprint: Fingerprint? { get }
  /// Where, as in `Verdict`.
  var failingStep: Int { get }
  /// Its first step that was a no-op, or whose fault did not fire.
  var noOp: NoOp? { get }
}

extension Verdict: CandidateVerdict {}
