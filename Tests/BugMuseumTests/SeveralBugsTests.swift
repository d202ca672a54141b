import BugMuseum
import Exploration
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// A system with two bugs, in which the first one found must not hide the other.
@Suite struct SeveralBugsTests {
  /// An exhibit with one thing more wrong: bounce buffers lie at address 0, if they are large.
  private static let rig = Rig(id: "two-bugs", shown: .everything) { machine in
    try Exhibit.named("dma-not-zeroed")?.rig.make(machine).map(LosesLargeBounceBuffers.init)
  }

  private final class LosesLargeBounceBuffers: SharingSystem {
    private let system: any SharingSystem

    init(_ system: any SharingSystem) { self.system = system }

    func perform(_ call: GuestCall) -> Outcome {
      let outcome = system.perform(call)
      guard case .share(let buffer, _) = call, buffer.size > 4096, case .address = outcome else {
        return outcome
      }
      return .address(PhysicalAddress(0), nil)
    }

    func observe(into observation: inout Observation) { system.observe(into: &observation) }
  }

  private static let programs: UInt64 = inRelease(300, debug: 40)

  private static func run(findings: Int) throws -> Campaign.Result {
    try Campaign(backends: [.pkvm, .gunyah], seed: 1, programs: programs, findings: findings)
      .explore(on: LocalStage(rig))
  }

  @Test("A campaign finds both bugs, each way to fail once, and counts the programs like them")
  func both() throws {
    let result = try Self.run(findings: 100)
    let fingerprints = result.findings.compactMap(\.fingerprint)
    #expect(Set(fingerprints).count == fingerprints.count)
    #expect(fingerprints.map(\.invariant).contains("dma-memory-is-zero"))
    #expect(fingerprints.map(\.command).contains(.command(.share)))
    #expect(result.programs == Self.programs)
    #expect(result.repeats > inRelease(50, debug: 2))
  }

  @Test("A campaign that has enough is the beginning of one that wants more")
  func prefix() throws {
    let all = try Self.run(findings: 100)
    for count in 1...all.findings.count {
      let result = try Self.run(findings: count)
      #expect(result.findings == Array(all.findings.prefix(count)))
      #expect(result.programs == (try #require(result.findings.last?.number) + 1))
    }
  }

  @Test("What is known is counted and not reported")
  func known() throws {
    let all = try Self.run(findings: 100)
    let again = try Campaign(
      backends: [.pkvm, .gunyah], seed: 1, programs: Self.programs,
      known: all.findings.compactMap(\.fingerprint)
    ).explore(on: LocalStage(Self.rig))
    #expect(again.findings.isEmpty)
    #expect(again.repeats > all.repeats)
  }

  @Test("A program that fails in one way first is found again for the other")
  func rank() throws {
    for finding in try Self.run(findings: 100).findings {
      guard case .campaign(_, let seed?, let rank) = finding.origin else {
        Issue.record("not made by its own seed: \(finding.origin)")
        continue
      }
      let again = try Campaign(
        backends: [.pkvm, .gunyah], seed: seed, programs: 1, findings: rank
      ).explore(on: LocalStage(Self.rig))
      #expect(again.findings.last?.fingerprint == finding.fingerprint)
    }
  }
}

extension Finding {
  /// The number of a campaign's program.
  fileprivate var number: UInt64? {
    guard case .campaign(let number, _, _) = origin else { return nil }
    return number
  }
}
