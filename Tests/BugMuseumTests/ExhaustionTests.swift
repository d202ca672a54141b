import BugMuseum
import Exploration
import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite("Exhaustion") struct ExhaustionTests {
  private static func bounds(granules: Int = 1, blocks: Int = 1, slots: Int = 1) -> ExhaustionBounds
  {
    var bounds = ExhaustionBounds()
    bounds.granules = granules
    bounds.blocks = blocks
    bounds.slots = slots
    return bounds
  }

  @Test(
    "A machine of one block has so many states, and all holds in each",
    arguments: zip(Backend.all.map(\.id), [42, 42, 42, 15, 42, 9]))
  func smallest(backend: String, states: Int) throws {
    let backend = try #require(Backend.named(backend))
    let result = try Exhaustion(Self.bounds(), on: backend).explore(on: LocalStage(.core))
    #expect(result.finding == nil)
    #expect(result.isComplete)
    #expect(result.counts.states == states)
  }

  @Test("Two names, and two blocks in release: more states than programs of a few commands reach")
  func deeper() throws {
    let bounds = Self.bounds(blocks: inRelease(2, debug: 1), slots: 2)
    let result = try Exhaustion(bounds, on: .pkvm).explore(on: LocalStage(.core))
    #expect(result.finding == nil && result.isComplete)
    #expect(result.counts.states == inRelease(442, debug: 78))
    #expect(result.counts.depth > inRelease(8, debug: 3))
  }

  @Test("It numbers every program, and tells of every transition when it has played it")
  func tells() throws {
    let stage = LocalStage(.core)
    var played: UInt64 = 0
    var told: [ExplorerProgress] = []
    stage.willPlay = {
      played += 1
      #expect($0.number == played)
    }
    stage.didTell = { told.append($0) }
    let result = try Exhaustion(Self.bounds(blocks: 2), on: .pkvm).explore(on: stage)
    #expect(Set(told.map(\.tried)) == Set(1...UInt64(result.counts.transitions)))
    #expect(told.last?.states == UInt64(result.counts.states))
    // Besides the empty program, faults that did not fire are no transitions.
    #expect(played > UInt64(result.counts.transitions) + 1)
  }

  @Test("It ends where it is told to, and says that it is not complete")
  func limit() throws {
    let result = try Exhaustion(
      Self.bounds(granules: 2, slots: 2), on: .pkvm, mostStates: 100
    ).explore(on: LocalStage(.core))
    #expect(!result.isComplete && result.finding == nil)
    #expect(result.counts.states >= 100 && result.counts.states < 200)
    #expect(result.counts.frontier > 0)
  }

  @Test(
    "It finds exhibits, each by what it names, with a shortest program",
    arguments: [
      ("canary", "kvm", 1), ("leaks-what-was-not-freed", "pkvm", 1),
      ("forgets-what-half-failed", "pkvm", 2), ("failed-but-took-effect", "geniezone", 2),
      ("double-free-is-silent", "gunyah", 3), ("frees-before-unsharing", "pkvm", 1),
      ("unshare-error-stops-the-sweep", "pkvm", 2), ("static-exhaustion-refills", "gunyah", 2),
    ])
  func exhibits(id: String, backend: String, most: Int) throws {
    let exhibit = try #require(Exhibit.named(id))
    let backend = try #require(Backend.named(backend))
    let bounds = Self.bounds(granules: 2, blocks: 2, slots: 2)
    let result = try Exhaustion(bounds, on: backend, mostStates: 5000)
      .explore(on: LocalStage(exhibit.rig))
    let finding = try #require(result.finding, "\(result.counts)")
    #expect(finding.verdict.violations.map(\.id).contains(exhibit.seenBy[0]))
    #expect(finding.program.steps.count <= most, "\(finding.program.text)")
  }

  /// What a walk rests on: states of one key behave equally.
  @Test("Whatever led to a state, every step leads on to the same", arguments: ["pkvm", "gunyah"])
  func keys(backend: String) throws {
    let backend = try #require(Backend.named(backend))
    let bounds = Self.bounds(blocks: 2, slots: 2)
    let lockstep = Lockstep()
    var first: [StateKey: Program] = [:]
    var pairs = 0
    var numbers = RandomNumbers(seed: 1)
    for _ in 0..<400 {
      let steps = (0..<6).map { _ in
        bounds.steps[Int(numbers.next(below: UInt64(bounds.steps.count)))]
      }
      let program = Program(configuration: bounds.configuration, steps: steps)
      let key = try #require(lockstep.run(program, on: backend, keeping: .state)?.state)
      guard let other = first.updateValue(program, forKey: key), other != program else { continue }
      if pairs == inRelease(.max, debug: 3) { break }
      pairs += 1
      // Names may be exchanged, so what a step does to one slot it may do to the other in the
      // other.
      #expect(successors(of: program) == successors(of: other), "\(program.text)\n\(other.text)")
    }
    #expect(pairs > inRelease(20, debug: 2))

    func successors(of program: Program) -> Set<StateKey?> {
      Set(
        bounds.steps.map { step in
          let longer = Program(
            configuration: program.configuration, steps: program.steps + [step])
          return lockstep.run(longer, on: backend, keeping: .state)?.state
        })
    }
  }
}
