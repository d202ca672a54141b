import MemorySharing
import PropertyTesting

/// The state of the pool and of the MMIO guard; what else is true, the ledger knows.
package struct HypercallModel: Sendable {
  enum State: Int { case uninitialised, open, closed }

  let guise: Guise
  var state = State.uninitialised
  var isEnrolled = false
  var allocations = 0
  var failures = 0
  var quarantined: UInt64 = 0

  init(_ settings: HypercallSettings) { guise = settings.guise }
}

// Each judge says what is wrong with an answer, by what the ledger saw during the call.

extension HypercallSystem where Pool: ~Copyable {
  mutating func judgedInitialise() -> CheckedAnswer<Outcome<Done>> {
    let state = state
    let outcome = initialise()
    let expected: Expectation<Done> =
      switch state {
      case .closed: .refused([.closed])
      case .open: .refused([.alreadyInitialised])
      case .uninitialised: granuleExpectation
      }
    var evidence = expected.evidence(outcome)
    if state != .uninitialised, ledger.calls > 0 { evidence = "it made calls" }
    return judged(outcome, evidence)
  }

  private var granuleExpectation: Expectation<Done> {
    guard settings.guise.support == .onDemand else { return .served(Done()) }
    guard let x0 = ledger.lastAnswer[.memInfo] else { return .refused([]) }
    if x0 > UInt64.max >> 1 {
      return .refused([failure(.memInfo, 0, Int64(bitPattern: x0))])
    }
    return x0.nonzeroBitCount == 1 ? .served(Done()) : .refused([.granuleIsNotAPowerOfTwo(x0)])
  }

  mutating func judgedAllocate(
    _ slot: Slot, _ size: UInt64, _ alignment: UInt64
  ) -> CheckedAnswer<Outcome<PhysicalAddress>> {
    let outcome = allocate(slot, size, alignment)
    let evidence: String?
    switch outcome {
    case .served(let address):
      let buffer = AddressRange(uncheckedStart: address.rawValue, size: size)
      evidence =
        state != .open
        ? "nothing can be served now"
        : ledger.evidence(handedOut: buffer)
          ?? ledger.failures.first.map { "a call had failed: \($0)" }
    case .refused(let error): evidence = self.evidence(refusing: error)
    }
    return judged(outcome, evidence)
  }

  private func evidence(refusing error: ShareError) -> String? {
    switch state {
    case .uninitialised: return error == .uninitialised ? nil : "the pool is not initialised"
    case .closed: return error == .closed ? nil : "the pool is closed"
    case .open: break
    }
    if let first = ledger.failures.first {
      let wanted = failure(first.function, first.address, first.answer)
      return error == wanted ? nil : "it should be \(wanted)"
    }
    switch error {
    case .exhausted, .largerThanTheTopOrder, .outOfMetadata, .sizeOverflows: return nil
    default: return "no call had failed"
    }
  }

  mutating func judgedFree(_ slot: Slot) -> CheckedAnswer<Outcome<Done>> {
    let outcome = free(slot)
    var evidence: String?
    if ledger.calls > 0 { evidence = "it made calls" }
    if state == .closed, outcome != .refused(.closed) { evidence = "the pool is closed" }
    if state == .uninitialised, outcome != .refused(.uninitialised) {
      evidence = "the pool is not initialised"
    }
    return judged(outcome, evidence)
  }

  mutating func judgedUnshareAll() -> CheckedAnswer<UnshareReport> {
    let state = state
    let report = unshareAll()
    var evidence: String?
    if state == .open {
      if report.granulesUnshared != ledger.unshared {
        evidence = "\(ledger.unshared) granules were unshared"
      }
      if report.granulesQuarantined != ledger.reachableCount {
        evidence = "the host may reach \(ledger.reachableCount) granules"
      }
      if report.regionsReturned != ledger.returned {
        evidence = "\(ledger.returned) regions went back"
      }
    } else if !report.isEmpty || ledger.calls > 0 {
      evidence = "there was nothing to do"
    }
    return judged(report, evidence)
  }

  mutating func judgedEnrol() -> CheckedAnswer<Outcome<Done>> {
    let outcome = enrol()
    let expected: Expectation<Done>
    if !settings.guise.isGuarded {
      expected = .refused([.mmioGuardUnsupported])
    } else if let x0 = ledger.lastAnswer[.mmioGuardEnroll], x0 != 0 {
      let answer = Int64(bitPattern: x0)
      expected = .refused([
        answer == -1 || answer == -2 ? .mmioGuardUnsupported : failure(.mmioGuardEnroll, 0, answer)
      ])
    } else if let x0 = ledger.lastAnswer[.mmioGuardInfo] {
      expected =
        x0 > UInt64.max >> 1
        ? .refused([failure(.mmioGuardInfo, 0, Int64(bitPattern: x0))])
        : x0 == 0 || x0 % 4096 != 0
          ? .refused([.mmioGranuleIsMisaligned(x0)]) : .served(Done())
    } else {
      expected = .refused([])
    }
    return judged(outcome, expected.evidence(outcome))
  }

  mutating func judgedMap(_ start: UInt64, _ size: UInt64) -> CheckedAnswer<Outcome<Done>> {
    let before = ledger.mapped
    let outcome = map(start, size)
    var evidence: String?
    switch outcome {
    case .served:
      let granule = ledger.mmioGranule ?? 4096
      var address = start / granule * granule
      // The range does not overflow, or it would not be served.
      while address < start &+ size, evidence == nil {
        if !ledger.mapped.contains(address) { evidence = "\(address) is not mapped" }
        let (next, overflow) = address.addingReportingOverflow(granule)
        if overflow { break }
        address = next
      }
      if evidence == nil, !ledger.failures.isEmpty { evidence = "a call had failed" }
    case .refused(let error):
      if ledger.mapped != before { evidence = "other granules are mapped than before" }
      if let first = ledger.failures.first {
        if error != failure(first.function, first.address, first.answer) {
          evidence = "it does not say that \(first) failed"
        }
      } else if ledger.calls > 0 {
        evidence = "it made calls that did not fail"
      }
    }
    return judged(outcome, evidence)
  }

  mutating func judgedUnmapAll() -> CheckedAnswer<MMIOReport> {
    let report = unmapAll()
    var evidence: String?
    if !ledger.mapped.isEmpty { evidence = "\(ledger.mapped) were forgotten" }
    if report.unmapped != ledger.unmapped { evidence = "\(ledger.unmapped) were unmapped" }
    if report.stillMapped != UInt64(ledger.stuck.count) { evidence = "\(ledger.stuck) are stuck" }
    return judged(report, evidence)
  }

  /// An answer with what is wrong with it: an illegal call on the way, or what it says.
  private func judged<Answer>(_ answer: Answer, _ evidence: String?) -> CheckedAnswer<Answer> {
    CheckedAnswer(answer: answer, evidence: ledger.violation ?? evidence)
  }

  private func failure(
    _ function: HypercallFunction, _ address: UInt64, _ answer: Int64
  ) -> ShareError {
    .hypercallFailed(function: function.rawValue, address: address, answer: answer)
  }
}
