import MemorySharing
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct RegressionTests {
  /// The finding of some saboteur's program.
  private static func example(_ saboteur: Saboteur, evidence: String? = nil) throws
    -> Counterexample
  {
    var trace = try #require(
      Lockstep(saboteur.rig).trace(saboteur.program, on: saboteur.backend))
    if let evidence { trace.violations[0].evidence = evidence }
    return Counterexample(
      program: saboteur.program, trace: trace, evaluations: 7, reproduce: "sharecheck replay x")
  }

  @Test("A regression's text tells the story and reads as the program", arguments: Saboteur.all)
  func story(saboteur: Saboteur) throws {
    let example = try Self.example(saboteur)
    let regression = Regression(
      example, system: "a saboteur", foundBy: "sharecheck run --seed 5",
      backends: ["pkvm", "kvm"], without: ["all holds", "all holds"])
    #expect(try Program(text: regression.text) == saboteur.program)
    let first = try #require(example.trace.violations.first)
    for part in [
      first.sentence, first.evidence, "on pkvm, kvm", "a saboteur", "--seed 5", "7 programs",
      "# without it, all holds",
    ] { #expect(regression.text.contains(part), "\(part)") }
    #expect(regression.text.hasPrefix(Program.textHeader + "\n# "))
    #expect(regression.fileName.hasPrefix("\(first.invariant)-"))
  }

  @Test("Whatever the evidence says, it stays in the comment")
  func hostileEvidence() throws {
    let saboteur = try #require(Saboteur.all.first)
    let example = try Self.example(saboteur, evidence: "two\nend\r\nlines\u{2028}é \u{7}")
    let regression = Regression(example, system: "a\nb", foundBy: "c\nd", without: ["x\ny"])
    #expect(try Program(text: regression.text) == saboteur.program)
  }

  @Test("Other programs have other names, and the same has the same")
  func names() throws {
    let saboteur = try #require(Saboteur.all.first)
    let example = try Self.example(saboteur)
    var names: [String] = []
    for seed in 0..<200 as Range<UInt64> {
      let other = Counterexample(
        program: Grammar().program(seed: seed), trace: example.trace, evaluations: nil,
        reproduce: "")
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
      let verdict = try #require(Lockstep().run(program, on: backend))
      #expect(verdict.holds, "\(backend.id): \(verdict.violations.map(\.evidence.text))")
    }
  }
}
