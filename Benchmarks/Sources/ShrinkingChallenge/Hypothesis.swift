import Foundation

/// The same three allocator bugs under Hypothesis, run on this machine by its own interpreter.
struct Hypothesis {
  /// What went wrong with the peer.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What it found and shrunk of one bug, as its script prints it.
  struct Row: Decodable {
    let bug: String
    let seeds: Int
    let found: Int
    let atMinimum: Int
    let lengths: [Int]
    let evaluationsMean: Double?
    let evaluationsMedian: Double?
    let millisecondsMedian: Double?
    let programsUntilFoundMedian: Double?

    /// The columns of a ``Summary``.
    var line: String {
      let distinct = Set(lengths).count
      return Summary.columns([
        "  Hypothesis", "\(atMinimum)/\(seeds)", "\(distinct) lengths", shown(evaluationsMean),
        shown(evaluationsMedian), "", shown(millisecondsMedian), shown(programsUntilFoundMedian),
      ])
    }

    private func shown(_ number: Double?) -> String { number.map { "\($0)" } ?? "-" }
  }

  private struct Answer: Decodable {
    let rows: [Row]
  }

  let python: String
  let script: String

  /// Runs one bug from a number of seeds.
  func run(_ bug: String, seeds: Int) throws -> Row {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script, "--json", "--bug", bug, "--seeds", "\(seeds)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let answer = try? JSONDecoder().decode(Answer.self, from: text), let row = answer.rows.first
    else {
      throw Failure(
        description: "\(script) gave no rows (exit \(process.terminationStatus) of \(python))")
    }
    return row
  }
}
