import BugMuseum
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// A system with two bugs, in which the first one found must not hide the other.
@Suite struct SeveralBugsTests {
  /// An exhibit with one thing more wrong: bounce buffers lie at address 0, if they are large.
  private static let rig = Rig(id: "two-bugs", shown: .everything) { machine in
    Exhibit.named("dma-not-zeroed")?.rig.make(machine).map(LosesLargeBounceBuffers.init)
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

  private static func run(findings: Int) -> Campaign.Result {
    Campaign(backends: [.pkvm, .gunyah], seed: 1)
      .run(programs: 300, with: Lockstep(rig), findings: findings)
  }

  @Test("A campaign finds both bugs, each way to fail once, and counts the programs like them")
  func both() {
    let result = Self.run(findings: 100)
    let fingerprints = result.findings.map(\.fingerprint)
    #expect(Set(fingerprints).count == fingerprints.count)
    #expect(fingerprints.map(\.invariant).contains("dma-memory-is-zero"))
    #expect(fingerprints.map(\.command).contains(.command(.share)))
    #expect(result.programs == 300)
    #expect(result.repeats > 50)
    #expect(fingerprints.allSatisfy { Fingerprint(word: $0.word) == $0 })
  }

  @Test("A campaign that has enough is the beginning of one that wants more")
  func prefix() throws {
    let all = Self.run(findings: 100)
    for count in 1...all.findings.count {
      let result = Self.run(findings: count)
      #expect(result.findings == Array(all.findings.prefix(count)))
      #expect(result.programs == (try #require(result.findings.last).number + 1))
    }
  }

  @Test("What is known is counted and not reported")
  func known() {
    let all = Self.run(findings: 100)
    let again = Campaign(backends: [.pkvm, .gunyah], seed: 1).run(
      with: Lockstep(Self.rig), findings: 1, known: all.findings.map(\.fingerprint),
      isDone: { $0 >= 300 })
    #expect(again.findings.isEmpty)
    #expect(again.repeats > all.repeats)
  }

  @Test("A program that fails in one way first is found again for the other")
  func rank() throws {
    for finding in Self.run(findings: 100).findings {
      let seed = try #require(finding.seed)
      let again = Campaign(backends: [.pkvm, .gunyah], seed: seed)
        .run(programs: 1, with: Lockstep(Self.rig), findings: finding.rank)
      #expect(again.findings.last?.fingerprint == finding.fingerprint)
    }
  }
}
