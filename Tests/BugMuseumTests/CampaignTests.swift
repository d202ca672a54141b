import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct CampaignTests {
  @Test("A campaign finds the canary, and its finding is a campaign of one program")
  func finding() throws {
    let canary = try #require(Exhibit.named("canary"))
    let campaign = Campaign(backends: canary.backends, seed: 40)
    let finding = try #require(
      campaign.run(programs: 100, with: Lockstep(canary.rig)).finding)
    let again = Campaign(backends: [finding.backend], seed: try #require(finding.seed))
      .run(programs: 1, with: Lockstep(canary.rig))
    #expect(again.finding?.program == finding.program)
    #expect(again.finding?.fingerprint == finding.fingerprint)
    #expect(again.programs == 1)
  }

  @Test("Shrinking the canary ends with one command, twice in the same way")
  func shrinking() throws {
    let canary = try #require(Exhibit.named("canary"))
    var results: [Minimiser.Result] = []
    for _ in 0..<2 {
      let lockstep = Lockstep(canary.rig)
      let campaign = Campaign(backends: [.pkvm], seed: 3)
      let finding = try #require(campaign.run(programs: 100, with: lockstep).finding)
      let result = Minimiser().minimise(finding.program, keeping: finding.fingerprint) {
        lockstep.run($0, on: .pkvm)?.attempt ?? .impossible
      }
      results.append(try #require(result))
    }
    #expect(results[0].program.steps.count == 1)
    #expect(results[0].program == results[1].program)
    #expect(results[0].evaluations == results[1].evaluations)
  }

  @Test("A report holds sentence, evidence, program, picture and the way to see it again")
  func report() throws {
    let canary = try #require(Exhibit.named("canary"))
    let slot = Slot(0)
    let program = Program(steps: [Step(.allocate(slot, size: 12288, alignment: 1))])
    let trace = try #require(Lockstep(canary.rig).trace(program, on: .pkvm))
    let example = Counterexample(
      program: program, trace: trace, evaluations: 5, reproduce: "sharecheck replay x")
    let text = example.lines.joined(separator: "\n")
    for part in [
      "violated: buffers-honour-their-layout, on pkvm", "address 0", "allocate a 12288 align 1",
      "→ 0x0", "Not checked", "bytes a character", "sharecheck replay x",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(try Program(text: example.tracedProgram) == program)
    #expect(example.lines.last == "  sharecheck replay x")
  }
}
