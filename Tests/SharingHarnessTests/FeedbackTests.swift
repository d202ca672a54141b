import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// That programs which reach something new are built upon, and what that is good for.
@Suite struct FeedbackTests {
  private static func coverage(feedback: Bool) -> Coverage {
    let lockstep = Lockstep()
    let result = Campaign(backends: [.pkvm], seed: 1, feedback: feedback)
      .run(programs: 3000, with: lockstep)
    #expect(result.finding == nil)
    return lockstep.coverage
  }

  @Test("With feedback as many programs reach more states, already among the first thousands")
  func states() {
    let (without, with) = (Self.coverage(feedback: false), Self.coverage(feedback: true))
    #expect(with.programs == without.programs)
    #expect(with.distinctStates * 5 > without.distinctStates * 6)
  }

  @Test("A campaign comes to the same in every process, and differs with and without feedback")
  func determinism() {
    func trace(feedback: Bool) -> (UInt64, [[UInt64]]) {
      let lockstep = Lockstep()
      var cases: [[UInt64]] = []
      _ = Campaign(backends: [.pkvm, .gunyah], seed: 5, feedback: feedback).run(
        with: lockstep,
        willRun: { if $1 == 0 { cases.append($0.choices.recorded.key) } }, isDone: { $0 == 400 })
      return (lockstep.coverage.trace.value, cases)
    }
    let first = trace(feedback: true)
    #expect(trace(feedback: true) == first)
    #expect(trace(feedback: false).0 != first.0)
  }

  @Test("Every program of a campaign is made again: by its seed, by its case and by its text")
  func reproducible() throws {
    var built = 0
    func check(_ trial: Campaign.Trial) {
      if let seed = trial.seed { #expect(Grammar().program(seed: seed) == trial.program) }
      built += trial.seed == nil ? 1 : 0
      var choices = Choices(replaying: trial.choices.recorded)
      #expect(Grammar().program(from: &choices) == trial.program)
      #expect((try? Program(text: trial.program.text)) == trial.program)
      #expect(Grammar().testCase(of: trial.program) != nil)
      #expect(trial.program.steps.count <= Grammar().maximumLength)
    }
    _ = Campaign(backends: [.pkvm], seed: 9).run(
      with: Lockstep(), willRun: { trial, _ in check(trial) }, isDone: { $0 == 700 })
    #expect(built > 100)
  }
}
