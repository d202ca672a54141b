import ArgumentParser
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Walks every state of a system on a small machine.
struct ExhaustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exhaust",
    abstract: "Walk every state that a small machine can come to.",
    discussion: """
      Every step is tried in every state, with each of its hypercalls failing in each way, and all \
      invariants are asked; what it shows holds for programs of any length. With --allocator only \
      the allocator is walked, over so many blocks. The exit code is 1 where something is violated, \
      and 0 where the walk ended or as many states as wanted were seen.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Walk the allocator alone, over 1 to 16 blocks.", valueName: "blocks"))
  var allocator: Int?

  @Option(parsing: .unconditional, help: "How many granules the machine has.")
  var granules = ExhaustionBounds().granules

  @Option(parsing: .unconditional, help: "How many smallest blocks a granule has.")
  var blocks = ExhaustionBounds().blocks

  @Option(parsing: .unconditional, help: "How many things a program can name.")
  var slots = ExhaustionBounds().slots

  @Option(parsing: .unconditional, help: "How many of a step's hypercalls fail.")
  var failingCalls = ExhaustionBounds().failingCalls

  @Flag(name: .customLong("no-host"), help: "Leave out what the host does.")
  var leavesOutHost = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after so many states of a backend.", valueName: "n"))
  var states: Int?

  @OptionGroup var choosing: Choosing

  func validate() throws {
    func check(_ value: Int, _ name: String, upTo most: Int) throws {
      guard value.nonzeroBitCount == 1, value > 0, value <= most else {
        throw ValidationError("--\(name) must be a power of two, and at most \(most)")
      }
    }
    if let allocator { try check(allocator, "allocator", upTo: 16) }
    try check(granules, "granules", upTo: 64)
    try check(blocks, "blocks", upTo: 64)
    guard (1...Slot.count).contains(slots) else {
      throw ValidationError("--slots must be within 1 and \(Slot.count)")
    }
    guard (0...Grammar.faultPositions).contains(failingCalls) else {
      throw ValidationError("--failing-calls must be within 0 and \(Grammar.faultPositions)")
    }
    if let states, states < 1 { throw ValidationError("--states must be at least 1") }
  }

  func run() throws {
    if let allocator { return try walk(allocator) }
    let system = try choosing.system()
    for backend in system.backends { try exhaust(system, backend) }
  }

  private func walk(_ blocks: Int) throws {
    let progress = ProgressLine()
    let clock = ContinuousClock()
    let start = clock.now
    let walk = AllocatorWalk(blocks: blocks, of: WalkedCore(blocks: blocks))
    let result = walk.run { counts, frontier in
      progress.show(
        "\(counts.states) states, \(counts.transitions) transitions, \(frontier) to be tried")
    }
    progress.clear()
    if let violation = result.violation {
      try Terminal.print("violated: \(violation)")
      throw Violated()
    }
    try Terminal.print(
      "allocator over \(blocks) blocks: \(result.states) states, \(result.transitions) transitions,"
        + " all right, in \(start.duration(to: clock.now).tenths) s")
  }

  private func exhaust(_ system: SystemUnderTest, _ backend: Backend) throws {
    var bounds = ExhaustionBounds()
    bounds.granules = granules
    bounds.blocks = blocks
    bounds.slots = slots
    bounds.failingCalls = failingCalls
    bounds.hasHost = !leavesOutHost
    let progress = ProgressLine()
    let clock = ContinuousClock()
    let start = clock.now
    let lockstep = Lockstep(system.rig)
    let exhaustion = Exhaustion(bounds, with: lockstep, on: backend)
    let result = exhaustion.run(mostStates: states ?? .max) { counts in
      guard counts.states & 0x3f == 0 else { return }
      let tried = counts.states - counts.frontier
      let seconds = start.duration(to: clock.now).seconds
      let left = seconds * Double(counts.frontier) / Double(max(tried, 1))
      progress.show(
        "\(backend.id): \(counts.states) states, \(counts.transitions) transitions,"
          + " \(counts.frontier) to be tried, which takes \(Int(left)) s and what they lead to")
    }
    progress.clear()
    if let finding = result.finding {
      try Terminal.print(lines(finding, on: backend))
      throw Violated()
    }
    let counts = result.counts
    try Terminal.print(
      "\(backend.id): \(counts.states) states, \(counts.transitions) transitions, at most"
        + " \(counts.depth) steps deep, in \(start.duration(to: clock.now).tenths) s: "
        + (result.isComplete
          ? "all of them, and all holds" : "\(counts.frontier) are not tried yet; so far all holds")
    )
  }

  private func lines(
    _ finding: (program: Program, verdict: Verdict), on backend: Backend
  ) -> [String] {
    guard let first = finding.verdict.violations.first else { return [] }
    return [
      "violated: \(first.id), on \(backend.id)", Trace.Violated(first).sentence,
      "Evidence: \(first.evidence).", "",
    ] + finding.program.text.split(separator: "\n").map(String.init)
  }
}

extension Duration {
  fileprivate var tenths: String { "\(Double(Int(seconds * 10)) / 10)" }
}
