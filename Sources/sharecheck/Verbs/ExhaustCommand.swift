import ArgumentParser
import Exploration
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Walks every state of a system on a small machine.
struct ExhaustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exhaust",
    abstract: "Walk every state that a small machine can reach.",
    discussion: """
      Every step is tried in every state, with each of its hypercalls failing in each way, and all \
      invariants are asked; what it shows holds for programs of any length. A shared library that \
      does not show its states is walked program by program, until --states ends it. With \
      --allocator only the allocator is walked, over that number of blocks. The exit code is 1 \
      where something is violated, and 0 where the walk ended or as many states as wanted were seen.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Walk the allocator alone, over 1, 2, 4, 8 or 16 blocks.", valueName: "blocks"))
  var allocator: Int?

  @OptionGroup var bounding: ExhaustOptions

  @OptionGroup var choosing: SystemOptions

  @OptionGroup var process: ProcessOptions

  func validate() throws {
    guard let allocator else { return }
    try ExhaustOptions.check(allocator, "allocator", upTo: 16)
    if choosing.exhibit != nil || choosing.backend != "all" || process.inProcess {
      throw ValidationError(
        "--allocator walks the core's allocator alone: it goes without --exhibit, --backend and"
          + " --in-process")
    }
  }

  func run() throws {
    if let allocator { return try walk(allocator) }
    let system = try choosing.system()
    var isWalked = false
    for backend in system.backends { if try exhaust(system, backend) { isWalked = true } }
    guard isWalked else { throw system.subject.turnedDownAll }
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

  /// The command line that finds it again.
  private func reproduce(_ system: SystemUnderTest, _ backend: Backend) -> String {
    "sharecheck exhaust --backend \(backend.id)\(system.subject.option)\(bounding.arguments)"
  }

  /// - Returns: whether there was anything to walk.
  private func exhaust(_ system: SystemUnderTest, _ backend: Backend) throws -> Bool {
    var bounds = bounding.bounds
    let limits = system.subject.grammar.limits
    bounds.isMapped = limits.isMapped
    guard limits.nearest(bounds.configuration) == bounds.configuration else {
      throw system.subject.turnedDownAll
    }
    let clock = ContinuousClock()
    let start = clock.now
    let exhaustion = Exhaustion(
      bounds, on: backend, mostStates: bounding.states, isShown: system.subject.isShown)
    let result = try process.supervisor(of: system.subject).run(exhaustion)
    if let finding = result.finding {
      try Terminal.print(
        FindingReport(finding, reproduce: reproduce(system, backend)).lines
          + ["", "sharecheck \(Version.text)"])
      throw Violated()
    }
    if result.isTurnedDown {
      try Terminal.print("\(backend.id): \(system.subject.words) turned the machine down")
      return false
    }
    let counts = result.counts
    try Terminal.print(
      "\(backend.id): \(counts.states) states, \(counts.transitions) transitions, at most"
        + " \(counts.depth) steps deep, in \(start.duration(to: clock.now).tenths) s: "
        + (result.isComplete
          ? "all of them, and all holds" : "\(counts.frontier) are not tried yet; so far all holds")
    )
    if !system.subject.isShown {
      try Terminal.print(
        "\(system.subject.name) does not show its states: each program counts as one")
    }
    return true
  }
}

extension Duration {
  fileprivate var tenths: String { "\(Double(Int(seconds * 10)) / 10)" }
}
