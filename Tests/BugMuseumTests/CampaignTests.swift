import BugMuseum
import Exploration
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct CampaignTests {
  @Test("A campaign finds the canary, and its finding is a campaign of one program")
  func finding() throws {
    let canary = try #require(Exhibit.named("canary"))
    let campaign = Campaign(backends: canary.backends, seed: 40, programs: 100)
    let finding = try #require(try campaign.explore(on: LocalStage(canary.rig)).finding)
    guard case .campaign(_, let seed?, rank: 1) = finding.origin else {
      Issue.record("not made by its own seed: \(finding.origin)")
      return
    }
    let again = try Campaign(backends: [finding.backend], seed: seed, programs: 1)
      .explore(on: LocalStage(canary.rig))
    #expect(again.finding?.program == finding.program)
    #expect(again.finding?.fingerprint == finding.fingerprint)
    #expect(again.programs == 1)
  }

  @Test("Shrinking the canary ends with one command, twice in the same way")
  func shrinking() throws {
    let canary = try #require(Exhibit.named("canary"))
    var results: [Finding] = []
    for _ in 0..<2 {
      let stage = LocalStage(canary.rig)
      let campaign = Campaign(backends: [.pkvm], seed: 3, programs: 100)
      let finding = try #require(try campaign.explore(on: stage).finding)
      results.append(try #require(try Shrinking(finding, on: [.pkvm]).explore(on: stage)))
    }
    #expect(results[0].program.steps.count == 1)
    #expect(results[0] == results[1])
  }

  @Test("A report holds sentence, evidence, program, picture and the way to see it again")
  func report() throws {
    let canary = try #require(Exhibit.named("canary"))
    let slot = Slot(0)
    let program = Program(steps: [Step(.allocate(slot, size: 12288, alignment: 1))])
    let stage = LocalStage(canary.rig)
    let played = Case(program, on: .pkvm)
    var finding = Finding(
      program, on: .pkvm, try #require(try stage.play(played)).verdict,
      account: stage.account(of: played))
    finding.evaluations = 5
    let report = FindingReport(finding, reproduce: "sharecheck replay x")
    let text = report.lines.joined(separator: "\n")
    for part in [
      "violated: buffers-honour-their-layout, on pkvm", "address 0", "allocate a 12288 align 1",
      "→ 0x0", "Not checked", "bytes a character", "sharecheck replay x",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(try Program(text: finding.tracedProgram) == program)
    #expect(report.lines.last == "  sharecheck replay x")
  }
}
