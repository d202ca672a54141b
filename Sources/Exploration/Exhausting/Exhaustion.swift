import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Walks every state that a system on a small machine can reach, and tries every step in each,
/// with every hypercall of the step failing in every way.
///
/// Programs may be of any length: the walk ends when no step leads to a new state. A state is
/// reached by playing its shortest program once more, so any rig can be walked; all invariants are
/// asked at every event, and every program ends with a drop, so the pool is torn down in every
/// state as well.
package struct Exhaustion: Explorer {
  package let bounds: ExhaustionBounds
  package let backend: Backend
  /// The walk ends early when it has seen this number of states.
  package let mostStates: Int
  /// Whether the system shows all that what comes next can depend on. Where it does not, each
  /// program leads to a state of its own, and the walk never ends by itself.
  package let isShown: Bool

  package init(
    _ bounds: ExhaustionBounds, on backend: Backend, mostStates: Int = .max, isShown: Bool = true
  ) {
    self.bounds = bounds
    self.backend = backend
    self.mostStates = mostStates
    self.isShown = isShown
  }

  /// How far a walk has come.
  package struct Counts: Codable, Equatable, Sendable {
    package var states = 0
    /// Steps that were tried in some state, each fault that fired by itself.
    package var transitions = 0
    /// States in which not all has been tried.
    package var frontier = 0
    /// The most steps of a shortest program.
    package var depth = 0

    package init() {}
  }

  /// The result of a walk.
  package struct Result: Codable, Sendable {
    package var counts = Counts()
    /// Whether nothing leads to a new state.
    package var isComplete = false
    /// The first program that does not hold, which is as short as any.
    package var finding: Finding?
    /// Whether the system cannot be built on the machine, so that nothing was walked.
    package var isTurnedDown = false
  }

  package func explore(on stage: any Stage) throws -> Result {
    var walk = Walk(self, on: stage)
    try walk.run()
    return walk.result
  }

  package func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Result {
    var counts = Counts()
    counts.states = Int(progress.states)
    counts.transitions = Int(progress.tried)
    counts.frontier = Int(progress.frontier)
    return Result(counts: counts, finding: finding)
  }

  package func origin(of found: Case) -> Finding.Origin { .exhaustion }

  package func line(_ progress: ExplorerProgress, seconds: Double) -> String {
    let (states, frontier) = (progress.states, progress.frontier)
    let left = seconds * Double(frontier) / Double(max(states, frontier + 1) - frontier)
    return "\(backend.id): \(states) states, \(progress.tried) transitions, \(frontier) to be"
      + " tried, which takes \(Int(left)) s and what they lead to"
  }
}

/// A walk under way.
private struct Walk {
  /// A state: the last step of its shortest program, and the state before that.
  struct Node {
    let parent: Int32
    let step: Step
    let depth: Int32
  }

  let plan: Exhaustion
  let stage: any Stage
  var result = Exhaustion.Result()
  private var nodes: [Node] = []
  private var seen: Set<StateKey> = []
  /// Of one state: what its steps lead to.
  private var reached: [(key: StateKey, step: Step)] = []
  private var number: UInt64 = 0

  init(_ plan: Exhaustion, on stage: any Stage) {
    self.plan = plan
    self.stage = stage
  }

  /// Walks to the fixpoint, to a violation, or to as many states as are wanted.
  mutating func run() throws {
    // A step that is a no-op, for what it leaves is how it begins.
    let start = Program(configuration: plan.bounds.configuration, steps: [Step(.unpinAll)])
    let (key, verdict): (StateKey?, Verdict)
    do {
      (key, verdict) = try play(start)
    } catch is MachineTurnedDown {
      result.isTurnedDown = true
      return
    }
    if !verdict.holds { return try fail(start, verdict) }
    if let key { seen.insert(key) }
    // The empty program is no node: number -1.
    var next = -1
    while next < nodes.count {
      let program = program(of: next)
      let depth = next < 0 ? 0 : Int(nodes[next].depth)
      for step in plan.bounds.steps {
        reached.removeAll(keepingCapacity: true)
        if let (program, verdict) = try tryAll(step, after: program) {
          return try fail(program, verdict)
        }
        for (key, step) in reached where !plan.isShown || seen.insert(key).inserted {
          nodes.append(Node(parent: Int32(next), step: step, depth: Int32(depth + 1)))
          result.counts.depth = max(result.counts.depth, depth + 1)
        }
      }
      next += 1
      // The empty program leads to one, too.
      result.counts.states = nodes.count + 1
      result.counts.frontier = nodes.count - next
      tell()
      if result.counts.states >= plan.mostStates { return }
    }
    result.isComplete = true
  }

  private func tell() {
    var progress = ExplorerProgress()
    progress.states = UInt64(result.counts.states)
    progress.frontier = UInt64(result.counts.frontier)
    progress.tried = UInt64(result.counts.transitions)
    stage.tell(progress)
  }

  private mutating func fail(_ program: Program, _ verdict: Verdict) throws {
    result.finding = Finding(
      program, on: plan.backend, verdict, from: .exhaustion,
      account: try stage.account(of: Case(program, on: plan.backend)))
  }

  /// Counts a transition, and reports it: the program that ends with it was the last that was
  /// played.
  private mutating func countTransition() {
    result.counts.transitions += 1
    tell()
  }

  /// Tries a step as it is, and with each of its hypercalls and the heap failing.
  private mutating func tryAll(
    _ step: Step, after program: Program
  ) throws -> (program: Program, verdict: Verdict)? {
    var candidate = program
    candidate.steps.append(step)
    let last = candidate.steps.count - 1
    let (key, verdict) = try play(candidate)
    countTransition()
    if !verdict.holds { return (candidate, verdict) }
    if verdict.noOp == .step(last) { return nil }
    if let key { reached.append((key, step)) }
    guard step.command.kind.canFail else { return nil }
    for fault in plan.bounds.faults {
      candidate.steps[last].faults = [fault]
      let (key, verdict) = try play(candidate)
      if verdict.holds, verdict.noOp == .fault(last) {
        // After a hypercall that is never made there is none.
        if case .hypercall = fault { break }
        continue
      }
      countTransition()
      if !verdict.holds { return (candidate, verdict) }
      if let key { reached.append((key, candidate.steps[last])) }
    }
    return nil
  }

  /// Plays a program, and keeps the state before its drop.
  private mutating func play(_ program: Program) throws -> (StateKey?, Verdict) {
    number += 1
    let next = Case(program, on: plan.backend, number: number)
    guard let run = try stage.play(next, keeping: .state) else {
      throw MachineTurnedDown()
    }
    return (run.state, run.verdict)
  }

  private func program(of node: Int) -> Program {
    var steps: [Step] = []
    var node = node
    while node >= 0 {
      steps.append(nodes[node].step)
      node = Int(nodes[node].parent)
    }
    return Program(configuration: plan.bounds.configuration, steps: steps.reversed())
  }
}
