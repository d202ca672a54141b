import SharingModel

/// A program as the source of a Swift test that expects it to hold, ready to be a file of a test
/// target of this package.
public struct TestSource: Sendable {
  /// The most columns of a line.
  private static var width: Int { 100 }

  public let program: Program
  /// The invariant that was violated, by its id, and its sentence; nil where all held.
  public let violated: (id: String, sentence: String)?
  /// The command during which it was violated, as reports call it.
  public let failingCommand: String
  /// The backends to run on, by their ids.
  public let backends: [String]
  /// The exhibit to test, by its id; nil stands for the core.
  public let exhibit: String?

  public init(
    _ program: Program, violated: (id: String, sentence: String)? = nil,
    in failingCommand: String = "end", backends: [String], exhibit: String? = nil
  ) {
    self.program = program
    self.violated = violated
    self.failingCommand = failingCommand
    self.backends = backends
    self.exhibit = exhibit
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
    let rig = exhibit.map { "#require(Exhibit.named(\"\($0)\")).rig" }
    var modules = ["ProgramText", "SharingHarness", "SharingModel", "SimulatedHypervisors"]
    modules.append("Testing")
    if exhibit != nil { modules.insert("BugMuseum", at: 0) }
    var lines = modules.map { "import \($0)" } + [""]
    if let violated { lines += Self.comment(violated.sentence) }
    lines += ["@Suite struct \(name) {", "  static let text = \"\"\""]
    lines += program.text.split(separator: "\n").flatMap { Self.broken(String($0)) }
    lines += [
      "    \"\"\"", "",
      "  @Test(", "    \"\(title)\",", "    arguments: [\(ids)])",
      "  func holds(on id: String) throws {",
      "    let program = try Program(text: Self.text)",
      "    let backend = try #require(Backend.named(id))",
    ]
    if let rig { lines.append("    let rig = try \(rig)") }
    lines += [
      "    let lockstep = Lockstep(\(rig == nil ? ".core" : "rig"))",
      "    let verdict = try #require(lockstep.verdict(of: program, on: backend))",
      "    #expect(verdict.holds, \"\\(verdict.violations.map(\\.evidence.text))\")",
      "  }",
      "}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A sentence as a comment, broken where it is too long.
  private static func comment(_ sentence: String) -> [String] {
    var lines = ["///"]
    for word in sentence.split(separator: " ") {
      if lines[lines.count - 1].count + 1 + word.count > width { lines.append("///") }
      lines[lines.count - 1] += " \(word)"
    }
    return lines
  }

  /// A line of the program within a literal, broken where it is too long.
  private static func broken(_ line: String) -> [String] {
    var lines = [""]
    for word in line.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + word.count + 7 > width {
        lines[lines.count - 1] += " \\"
        lines.append(String(word))
      } else {
        lines[lines.count - 1] += " \(word)"
      }
    }
    return lines.map { "    " + $0 }
  }

  /// A word with hyphens as the name of a type.
  private static func typeName(_ word: String) -> String {
    word.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
