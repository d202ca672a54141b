extension StateMachine where System: ~Copyable {
  /// Plays a program that is given as text, as a regression test does.
  ///
  /// - Returns: `nil` if nothing fails, otherwise what happened.
  /// - Throws: what is wrong with the text; one that the machine no longer understands must not
  ///   pass.
  public func failure(replaying text: String) throws(MachineTextError) -> String? {
    let testCase = try parse(text)
    let transcript = transcript(of: testCase)
    // Whatever is played has lines, but for a program of no settings and no steps.
    let isEmpty = testCase.length == 0 && testCase.records[0].choices.isEmpty
    guard isEmpty || !transcript.lines.isEmpty else { throw .discarded }
    return transcript.failure == nil ? nil : transcript.description
  }

  /// A test in Swift that fails as long as a case does.
  ///
  /// - Parameter machine: the expression that stands for the machine there.
  public func testSource(of testCase: TestCase, machine: String = "machine") -> String {
    let transcript = transcript(of: testCase)
    let failure = transcript.failure.map { "\($0)" } ?? "nothing"
    let rows = text(of: testCase).split(separator: "\n").map(String.init) + ["| \(failure)"]
    let body = rows.map { "        \($0)" }.joined(separator: "\n")
    let fence = fence(around: body)
    return """
      @Test func replay() throws {
        #expect(
          try \(machine).failure(
            replaying: \(fence)\"""
      \(body)
              \"""\(fence)) == nil)
      }
      """
  }

  /// As many number signs as the literal needs.
  private func fence(around text: String) -> String {
    var fence = "#"
    while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
    return fence
  }
}
