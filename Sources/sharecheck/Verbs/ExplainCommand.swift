import ArgumentParser
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Shows what a program does, and what each of its commands is there for.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a program does on each backend, and what each command is there for.",
    discussion: FileHelp.discussion + """
       With --as-test the answer is Swift source: a test that runs the program where it fails, or \
      everywhere if it holds, and expects it to hold.
      """)

  @Argument(help: "A file with a program.")
  var file: String

  @Flag(help: "Print a Swift test of the program instead.")
  var asTest = false

  @OptionGroup var choosing: Choosing
  @OptionGroup var reading: Reading

  func run() throws {
    let system = try choosing.system()
    let program = try reading.program(file)
    let evaluator = try Evaluator(system, patience: reading.hangAfter)
    if asTest { return try TestPrinting(system: system).print(program, file, evaluator) }
    var groups: [Group] = []
    for backend in system.backends {
      guard var trace = try evaluator.trace(program, on: backend) else { continue }
      trace = try evaluator.completed(trace, of: program, on: backend)
      if let index = groups.firstIndex(where: { $0.isAlike(trace) }) {
        groups[index].backends.append(backend)
      } else {
        groups.append(Group(trace: trace, backends: [backend]))
      }
    }
    guard !groups.isEmpty else { return try Terminal.print("\(file): no backend can run it") }
    // First where it fails; what each part is for is then asked there only.
    let failing = groups.filter { !$0.trace.holds }
    let holding = groups.filter { $0.trace.holds }
    for group in failing { try explain(group, program, evaluator) }
    for group in holding { try explain(group, program, failing.isEmpty ? evaluator : nil) }
    if !failing.isEmpty { throw Violated() }
  }

  /// Backends on which everything is the same.
  private struct Group {
    var trace: Trace
    var backends: [Backend]

    func isAlike(_ other: Trace) -> Bool {
      var other = other
      other.backend = trace.backend
      other.idle = trace.idle
      return trace == other
    }
  }

  /// - Parameter evaluator: asked for what happens without each part; nil where nobody wants to know.
  private func explain(_ group: Group, _ program: Program, _ evaluator: Evaluator?) throws {
    let example = Counterexample(
      program: program, trace: group.trace, evaluations: nil, reproduce: "")
    var lines = ["On \(group.backends.map(\.id).joined(separator: ", ")):", ""]
    lines += example.tracedProgram.split(separator: "\n").map(String.init)
    lines.append("")
    lines.append(Self.verdict(group.trace))
    for violation in group.trace.violations {
      lines.append("  \(violation.invariant): \(violation.evidence)")
    }
    lines += group.trace.picture.isEmpty ? [] : ["", "The pool then:"] + group.trace.picture
    if let evaluator {
      lines += try Explanation(program, whole: group.trace) {
        try evaluator.trace($0, on: group.backends[0])
      }.lines
    }
    try Terminal.print(lines + [""])
  }

  private static func verdict(_ trace: Trace) -> String {
    guard let first = trace.violations.first else { return "All invariants hold." }
    return "Violated in \(trace.failingCommand): \(first.invariant)."
  }
}
