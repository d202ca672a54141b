import MemorySharing
import SharingModel
import SimulatedHypervisors

/// A program as the source of a Swift test that expects it to hold, ready to be a file of a test
/// target.
///
/// The program stands there as Swift values, so a change of the model's types that forgets it does
/// not compile; its text remains the way to keep it for good.
public struct TestSource: Sendable {
  /// The most columns of a line.
  static var width: Int { 100 }

  public let program: Program
  /// What must hold; nil where nothing was violated.
  public let violated: Invariant?
  /// What went on when it did not.
  public let failingCommand: String
  /// The backends to run on, by their ids.
  public let backends: [String]

  /// - Parameters:
  ///   - violated: what the test is about.
  ///   - failingCommand: where that is, as reports call it.
  public init(
    _ program: Program, violated: Invariant?, failingCommand: String, backends: [String]
  ) {
    self.program = program
    self.violated = violated
    self.failingCommand = failingCommand
    self.backends = backends
  }

  /// The suite's name, which is also that of its file.
  public var name: String {
    guard let violated else { return "ProgramHolds" }
    return Self.typeName(violated.id) + "On" + Self.typeName(failingCommand)
  }

  /// The whole file.
  public var text: String {
    let title = violated.map { "\($0.id) holds" } ?? "All invariants hold"
    let ids = backends.map { "\"\($0)\"" }.joined(separator: ", ")
    var lines = ["MemorySharing", "SharingHarness", "SharingModel", "SimulatedHypervisors"]
      .map { "import \($0)" }
    lines += ["import Testing", ""]
    if let violated { lines.append("/// \(violated.sentence)") }
    lines += ["@Suite struct \(name) {"] + programLines + [""]
    let arguments = "arguments: [\(ids)])"
    let tries = [
      ["  @Test(\"\(title)\", \(arguments)"],
      ["  @Test(", "    \"\(title)\", \(arguments)"],
      ["  @Test(", "    \"\(title)\",", "    \(arguments)"],
    ]
    lines += Self.narrowest(of: tries)
    lines += [
      "  func holds(on id: String) throws {",
      "    let backend = try #require(Backend.named(id))",
      "    let verdict = try #require(Lockstep(.core).verdict(of: Self.program, on: backend))",
      "    #expect(verdict.holds, \"\\(verdict.violations.map(\\.evidence.text))\")",
      "  }",
      "}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private var programLines: [String] {
    let fields = program.configuration.swiftFields
    var lines = ["  static var program: Program {"]
    if !fields.isEmpty {
      lines.append("    var machine = Configuration()")
      lines += fields.map { "    machine.\($0)" }
    }
    let machine = fields.isEmpty ? "" : "configuration: machine, "
    if program.steps.isEmpty {
      lines.append("    \(fields.isEmpty ? "" : "return ")Program(\(machine)steps: [])")
    } else if fields.isEmpty {
      lines.append("    Program(steps: [")
      lines += program.steps.flatMap { $0.swiftLines(indent: 6) } + ["    ])"]
    } else {
      lines += ["    return Program(", "      configuration: machine,", "      steps: ["]
      lines += program.steps.flatMap { $0.swiftLines(indent: 8) } + ["      ])"]
    }
    return lines + ["  }"]
  }

  /// The first way to break a line that fits into the columns, or else the last.
  static func narrowest(of tries: [[String]]) -> [String] {
    tries.first { $0.allSatisfy { $0.count <= width } } ?? tries[tries.count - 1]
  }

  /// A word with hyphens as the name of a type.
  private static func typeName(_ word: String) -> String {
    word.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
