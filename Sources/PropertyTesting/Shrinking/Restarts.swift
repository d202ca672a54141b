/// Other ways down to a simple case, for where the first one ends in a local minimum.
///
/// A shrinker goes down one way from one case. Cases that fail in the same way and were found by
/// other programs begin elsewhere; and who knows the domain can propose cases that no pass makes,
/// since they are simpler in one place and not in another.
public struct Restarts {
  /// What somebody who knows the domain proposes.
  public struct Proposal {
    /// A case that fails in the same way and is simpler, or becomes so; nil if none was found.
    public let testCase: TestCase?
    /// How many programs were run to find it.
    public let tried: Int

    /// Describes a proposal.
    public init(_ testCase: TestCase?, tried: Int) {
      self.testCase = testCase
      self.tried = tried
    }

    /// Proposes nothing.
    public static var nothing: Proposal { Proposal(nil, tried: 0) }
  }

  /// How many others that fail in the same way are shrunk too.
  public var count: Int
  /// The length up to which a case is not started again: the passes do enough for it.
  public var shortest = 3

  /// Shrinks so many others.
  public init(_ count: Int) {
    self.count = count
  }
}

extension Shrinker {
  /// Shrinks a case and others that fail in the same way, keeps the simplest, and then goes on from
  /// what is proposed for as long as that is shrunk to something new.
  ///
  /// The evaluations of all starts are counted together, with the programs that were run to find
  /// them.
  ///
  /// - Parameters:
  ///   - fingerprint: the way to fail, which every candidate keeps.
  ///   - restarts: how many others are shrunk.
  ///   - others: runs one program an element, and gives its case if it fails in the same way.
  ///   - propose: given the simplest case so far, looks for another start.
  ///   - evaluate: runs a candidate, and hands back what was consumed.
  /// - Returns: nil if the case does not fail in this way.
  public func shrink<Fingerprint: Hashable>(
    _ start: TestCase, keeping fingerprint: Fingerprint, restarts: Restarts,
    others: some Sequence<TestCase?>,
    propose: (TestCase) -> Restarts.Proposal = { _ in .nothing },
    evaluate: (TestCase) -> Evaluation<Fingerprint>
  ) -> ShrinkResult? {
    guard var best = shrink(start, keeping: fingerprint, evaluate: evaluate) else { return nil }
    var remaining = restarts.count
    var rest = others.makeIterator()
    while remaining > 0, best.testCase.length > restarts.shortest, let other = rest.next() {
      best.evaluations += 1
      guard let other else { continue }
      remaining -= 1
      if let result = shrink(other, keeping: fingerprint, evaluate: evaluate) {
        best = best.merged(with: result)
      }
    }
    while true {
      let proposal = propose(best.testCase)
      best.evaluations += proposal.tried
      guard let start = proposal.testCase,
        let result = shrink(start, keeping: fingerprint, evaluate: evaluate),
        result.testCase < best.testCase
      else { return best }
      best = best.merged(with: result)
    }
  }
}
