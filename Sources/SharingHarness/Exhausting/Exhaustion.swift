import MemorySharing
import SharingModel
import SimulatedHypervisors

/// Walks every state that a system on a small machine can come to, and tries every step in each, with
/// every hypercall of the step failing in every way.
///
/// Programs may be of any length: the walk ends when no step leads to a new state. A state is reached by
/// playing its shortest program once more, so any rig can be walked; all invariants are asked at every
/// event, and every program ends with a drop, so the pool is torn down in every state as well.
public struct Exhaustion {
  public let bounds: ExhaustionBounds
  public let backend: Backend
  /// Hears of every program before it is played.
  public var willPlay: ((Program) -> Void)?
  /// Hears of every transition, as the program that ends with it, when that was played.
  public var didTry: ((Program) -> Void)?
  private let lockstep: Lockstep

  public init(_ bounds: ExhaustionBounds, with lockstep: Lockstep, on backend: Backend) {
    self.bounds = bounds
    self.backend = backend
    self.lockstep = lockstep
  }

  /// How far a walk has come.
  public struct Counts: Codable, Equatable, Sendable {
    public var states = 0
    /// Steps that were tried in some state, each fault that struck by itself.
    public var transitions = 0
    /// States in which not all has been tried.
    public var frontier = 0
    /// The most steps of a shortest program.
    public var depth = 0

    public init() {}
  }

  /// What came of a walk.
  public struct Result: Sendable {
    public var counts = Counts()
    /// Whether nothing leads to a new state.
    public var isComplete = false
    /// The first program that does not hold, which is as short as any, and how it fails.
    public var finding: (program: Program, verdict: Verdict)?
  }

  /// A state: the last step of its shortest program, and the state before that.
  private struct Node {
    let parent: Int32
    let step: Step
    let depth: Int32
  }

  /// Walks to the fixpoint, to a violation, or to as many states as are wanted.
  ///
  /// - Parameter progress: hears how far it has come, state by state.
  public func run(mostStates: Int = .max, progress: (Counts) -> Void = { _ in }) -> Result {
    var result = Result()
    var nodes: [Node] = []
    var seen: Set<StateKey> = []
    // The empty program is no node: number -1.
    var next = -1
    while next < nodes.count {
      let program = program(of: next, nodes)
      let depth = next < 0 ? 0 : Int(nodes[next].depth)
      let number = Int32(next)
      if next < 0 {
        // A step that comes to nothing, for what it leaves is how it begins.
        let start = Program(configuration: bounds.configuration, steps: [Step(.unpinAll)])
        let (key, verdict) = play(start)
        if !verdict.holds { return failing(result, start, verdict) }
        if let key { seen.insert(key) }
      }
      for step in bounds.steps {
        var reached: [(key: StateKey, step: Step)] = []
        let finding = tryAll(step, behind: program, &result.counts.transitions, &reached)
        if let finding { return failing(result, finding.program, finding.verdict) }
        for (key, step) in reached where seen.insert(key).inserted {
          nodes.append(Node(parent: number, step: step, depth: Int32(depth + 1)))
          result.counts.depth = max(result.counts.depth, depth + 1)
        }
      }
      next += 1
      result.counts.states = seen.count
      result.counts.frontier = nodes.count - next
      progress(result.counts)
      if seen.count >= mostStates { return result }
    }
    result.isComplete = true
    return result
  }

  private func failing(_ result: Result, _ program: Program, _ verdict: Verdict) -> Result {
    var result = result
    result.finding = (program, verdict)
    return result
  }

  /// Tries a step as it is, and with each of its hypercalls and the heap failing.
  private func tryAll(
    _ step: Step, behind program: Program, _ transitions: inout Int,
    _ reached: inout [(key: StateKey, step: Step)]
  ) -> (program: Program, verdict: Verdict)? {
    var candidate = program
    candidate.steps.append(step)
    let last = candidate.steps.count - 1
    let (key, verdict) = play(candidate)
    transitions += 1
    didTry?(candidate)
    if !verdict.holds { return (candidate, verdict) }
    if verdict.idle == .step(last) { return nil }
    if let key { reached.append((key, step)) }
    guard step.command.kind.canFail else { return nil }
    for fault in bounds.faults {
      candidate.steps[last].fault = fault
      let (key, verdict) = play(candidate)
      if verdict.holds, verdict.idle == .fault(last) {
        // Behind a hypercall that is never made there is none.
        if case .hypercall = fault { break }
        continue
      }
      transitions += 1
      didTry?(candidate)
      if !verdict.holds { return (candidate, verdict) }
      if let key { reached.append((key, candidate.steps[last])) }
    }
    return nil
  }

  /// The state behind the last step of a program.
  func key(behind program: Program) -> StateKey? { play(program).0 }

  /// Plays a program, and keeps the state before its drop.
  private func play(_ program: Program) -> (StateKey?, Verdict) {
    willPlay?(program)
    var key: StateKey?
    var left = program.steps.count
    lockstep.didStep = { [machine = lockstep.machine] model in
      left -= 1
      if left == 0 { key = StateKey(model, machine.monitor) }
    }
    defer { lockstep.didStep = nil }
    guard let verdict = lockstep.run(program, on: backend) else {
      preconditionFailure("a rig that is exhausted runs on the machine")
    }
    return (key, verdict)
  }

  private func program(of node: Int, _ nodes: [Node]) -> Program {
    var steps: [Step] = []
    var node = node
    while node >= 0 {
      steps.append(nodes[node].step)
      node = Int(nodes[node].parent)
    }
    return Program(configuration: bounds.configuration, steps: steps.reversed())
  }
}
