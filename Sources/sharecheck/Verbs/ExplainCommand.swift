import ArgumentParser
import Exploration
import ProgramText
import Reports
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

  @OptionGroup var choosing: SystemOptions
  @OptionGroup var reading: FileOptions

  func run() throws {
    let system = try choosing.system()
    let program = try reading.program(file)
    let stage = try RemoteStage(system.subject, patience: reading.patience.hangAfter)
    if asTest { return try printTest(program, system, stage) }
    var groups: [Group] = []
    for backend in system.backends {
      guard let found = try stage.finding(program, on: backend) else { continue }
      if let index = groups.firstIndex(where: { $0.isAlike(found) }) {
        groups[index].backends.append(backend)
      } else {
        groups.append(Group(finding: found, backends: [backend]))
      }
    }
    guard !groups.isEmpty else { throw ToolFailure.unplayable(file) }
    // First where it fails; what each part is for is then asked there only.
    let failing = groups.filter { !$0.finding.verdict.holds }
    let holding = groups.filter { $0.finding.verdict.holds }
    for group in failing { try explain(group, stage) }
    for group in holding { try explain(group, failing.isEmpty ? stage : nil) }
    if !failing.isEmpty { throw Violated() }
  }

  /// Prints a Swift test for the backends on which the program fails, or for all if it holds.
  private func printTest(
    _ program: Program, _ system: SystemUnderTest, _ stage: RemoteStage
  ) throws {
    let findings = try system.backends.compactMap { try stage.finding(program, on: $0) }
    guard let first = findings.first(where: { !$0.verdict.holds }) ?? findings.first else {
      throw ToolFailure.unplayable(file)
    }
    let like = findings.filter { $0.fingerprint == first.fingerprint }
    var exhibit: String?
    if case .exhibit(let id) = system.subject.kind { exhibit = id }
    let source = TestSource(
      program, violated: first.verdict.violations.first.map { ($0.id, $0.sentence) },
      in: first.verdict.failingCommand.word, backends: like.map(\.backend.id), exhibit: exhibit)
    guard Terminal.write(source.text, to: 1) else {
      throw ToolFailure.cannotPrint("standard output cannot be written")
    }
    if !first.verdict.holds { throw Violated() }
  }

  /// Backends on which everything is the same.
  private struct Group {
    var finding: Finding
    var backends: [Backend]

    func isAlike(_ other: Finding) -> Bool {
      var other = other
      other.backend = finding.backend
      other.verdict.noOp = finding.verdict.noOp
      other.verdict.hash = finding.verdict.hash
      return finding == other
    }
  }

  /// - Parameter stage: asked for what happens without each part; nil where nobody wants to know.
  private func explain(_ group: Group, _ stage: RemoteStage?) throws {
    let finding = group.finding
    var lines = ["On \(group.backends.map(\.id).joined(separator: ", ")):", ""]
    lines += finding.tracedProgram.split(separator: "\n").map(String.init)
    lines += ["", Self.sentence(finding.verdict)]
    lines += finding.verdict.violations.map { "  \($0.id): \($0.evidence.text)" }
    if let picture = finding.account?.picture, !picture.isEmpty {
      lines += ["", "The pool then:"] + picture
    }
    if let stage {
      lines += try Ablation(finding) { try stage.finding($0, on: group.backends[0]) }.lines
    }
    try Terminal.print(lines + [""])
  }

  private static func sentence(_ verdict: Verdict) -> String {
    guard let fingerprint = verdict.fingerprint else { return "All invariants hold." }
    return "Violated in \(verdict.failingCommand.word): \(fingerprint.invariant)."
  }
}

extension RemoteStage {
  /// What a program does on a backend, with its account; nil where it cannot run there.
  fileprivate func finding(_ program: Program, on backend: Backend) throws -> Finding? {
    let next = Case(program, on: backend)
    guard let verdict = try play(next)?.verdict else { return nil }
    return Finding(program, on: backend, verdict, account: try account(of: next))
  }
}
