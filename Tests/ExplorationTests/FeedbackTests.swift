import Exploration
import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// That programs which reach something new are built upon, and what that is good for.
@Suite struct FeedbackTests {
  private static func coverage(feedback: Bool) throws -> Coverage {
    let stage = LocalStage(.core)
    let result = try Campaign(backends: [.pkvm], seed: 1, feedback: feedback, programs: 4000)
      .explore(on: stage)
    #expect(result.finding == nil)
    return stage.lockstep.coverage
  }

  @Test(
    "With feedback as many programs reach more states, already among the first thousands",
    .enabled(if: inRelease(true, debug: false), "it takes eight thousand programs"))
  func states() throws {
    let (without, with) = (try Self.coverage(feedback: false), try Self.coverage(feedback: true))
    #expect(with.programs == without.programs)
    #expect(with.distinctStates * 5 > without.distinctStates * 6)
  }

  /// In debug the pinned traces have a campaign.
  @Test(
    "A campaign comes to the same in every process, and differs with and without feedback",
    .enabled(if: inRelease(true, debug: false), "it takes twelve hundred programs"))
  func determinism() throws {
    func trace(feedback: Bool) throws -> (UInt64, [String]) {
      let stage = LocalStage(.core)
      var programs: [String] = []
      stage.willPlay = { if $0.backend == .pkvm { programs.append($0.program.text) } }
      _ = try Campaign(backends: [.pkvm, .gunyah], seed: 5, feedback: feedback, programs: 400)
        .explore(on: stage)
      return (stage.lockstep.coverage.trace.value, programs)
    }
    let first = try trace(feedback: true)
    #expect(try trace(feedback: true) == first)
    #expect(try trace(feedback: false).0 != first.0)
  }

  @Test("Every program of a campaign is made again: by its seed, by its case and by its text")
  func reproducible() throws {
    var built = 0
    let stage = LocalStage(.core)
    stage.willPlay = { next in
      switch next.recipe {
      case .seed(let seed): #expect(Grammar().program(seed: seed) == next.program)
      case .choices(let chosen):
        built += 1
        var choices = Choices(replaying: chosen.recorded)
        #expect(Grammar().program(from: &choices) == next.program)
      case .program: Issue.record("a campaign says what makes its programs")
      }
      #expect((try? Program(text: next.program.text)) == next.program)
      #expect(Grammar().testCase(of: next.program) != nil)
      #expect(next.program.steps.count <= Grammar().maximumLength * 8)
    }
    _ = try Campaign(backends: [.pkvm], seed: 9, programs: 900).explore(on: stage)
    #expect(built > 100)
  }
}
