import Foundation
import PropertyTesting
import Testing

extension Report {
  /// Records an issue for each finding and each complaint.
  func record(at location: SourceLocation, _ describe: (TestCase) -> String) {
    let issues = findings.map { text(of: $0, describe) } + complaints.map(\.description)
    let problems = Search.problems(in: ProcessInfo.processInfo.environment)
    for problem in problems {
      Issue.record(Comment(rawValue: problem), sourceLocation: location)
    }
    for issue in issues {
      Issue.record(
        Comment(rawValue: "\(issue)\n\n\(statistics)\n\n\(again)"), sourceLocation: location)
    }
  }

  /// How to run this search again, and nothing else.
  private var again: String {
    let name = Test.current.map { $0.name.prefix { $0 != "(" } } ?? "…"
    return """
      To run this again: PROPERTY_TESTING_SEED=\(search.seed) \
      PROPERTY_TESTING_PROGRAMS=\(search.programs) swift test --filter \(name)
      """
  }
}

extension Search {
  /// The search that the environment asks for instead, if it does.
  package func overridden(
    by environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Search {
    var result = self
    if let seed = environment["PROPERTY_TESTING_SEED"].flatMap(UInt64.init) { result.seed = seed }
    if let programs = environment["PROPERTY_TESTING_PROGRAMS"].flatMap(Int.init), programs > 0 {
      result.programs = programs
    }
    return result
  }

  /// What the environment asks for that cannot be: nobody should believe it was heeded.
  package static func problems(in environment: [String: String]) -> [String] {
    var problems: [String] = []
    if let seed = environment["PROPERTY_TESTING_SEED"], UInt64(seed) == nil {
      problems.append("PROPERTY_TESTING_SEED is no number of 64 bits: \(seed)")
    }
    if let programs = environment["PROPERTY_TESTING_PROGRAMS"], Int(programs) ?? 0 <= 0 {
      problems.append("PROPERTY_TESTING_PROGRAMS is no number above 0: \(programs)")
    }
    return problems
  }
}
