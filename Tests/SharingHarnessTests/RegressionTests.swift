import Exploration
import MemorySharing
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct RegressionTests {
  /// The finding of some saboteur's program.
  private static func finding(_ saboteur: Saboteur, evidence: String? = nil) throws -> Finding {
    let stage = LocalStage(saboteur.rig)
    let played = Case(saboteur.program, on: saboteur.backend)
    var verdict = try #require(try stage.play(played)).verdict
    if let evidence {
      verdict.violations[0] = Violation(
        invariant: verdict.violations[0].invariant, evidence: Evidence(evidence))
    }
    var finding = Finding(
      saboteur.program, on: saboteur.backend, verdict, account: stage.account(of: played))
    finding.evaluations = 7
    return finding
  }

  @Test("A regression's text tells the story and reads as the program", arguments: Saboteur.all)
  func story(saboteur: Saboteur) throws {
    let finding = try Self.finding(saboteur)
    let regression = Regression(
      finding, system: "a saboteur", foundBy: "sharecheck run --seed 5",
      backends: ["pkvm", "kvm"], without: ["all holds", "all holds"])
    #expect(try Program(text: regression.text) == saboteur.program)
    let first = try #require(finding.verdict.violations.first)
    for part in [
      first.sentence, first.evidence.text, "on pkvm, kvm", "a saboteur", "--seed 5", "7 programs",
      "# without it, all holds",
    ] { #expect(regression.text.contains(part), "\(part)") }
    #expect(regression.text.hasPrefix(Program.textHeader + "\n# "))
    #expect(regression.fileName.hasPrefix("\(first.id)-"))
  }

  @Test("Whatever the evidence says, it stays in the comment")
  func hostileEvidence() throws {
    let saboteur = try #require(Saboteur.all.first)
    let finding = try Self.finding(saboteur, evidence: "two\nend\r\nlines\u{2028}é \u{7}")
    let regression = Regression(finding, system: "a\nb", foundBy: "c\nd", without: ["x\ny"])
    #expect(try Program(text: regression.text) == saboteur.program)
  }

  @Test("Other programs have other names, and the same has the same")
  func names() throws {
    let saboteur = try #require(Saboteur.all.first)
    let finding = try Self.finding(saboteur)
    var names: [String] = []
    for seed in 0..<200 as Range<UInt64> {
      var other = finding
      other.program = Grammar().program(seed: seed)
      let name = Regression(other, system: "x", foundBy: nil).fileName
      #expect(name == Regression(other, system: "y", foundBy: "z").fileName)
      #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" || $0 == "." })
      names.append(name)
    }
    #expect(Set(names).count == 200)
  }

  @Test("A text whose program the grammar cannot choose replays: it is parsed, not chosen")
  func outlivesTheGrammar() throws {
    let program = try Program(
      text: """
        # sharecheck program, version 1
        allocate a 100 align 48
        allocate b 8192 align 64 ! hypercall 1 fails -77
        unshare-all ! hypercall 999 answers-garbage 12345
        end
        """)
    #expect(Grammar().testCase(of: program) == nil)
    for backend in Backend.all {
      let verdict = try #require(Lockstep().verdict(of: program, on: backend))
      #expect(verdict.holds, "\(backend.id): \(verdict.violations.map(\.evidence.text))")
    }
  }
}
