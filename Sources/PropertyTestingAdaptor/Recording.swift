import Foundation
import PropertyTesting
import Testing

extension Search {
  /// Replays what is kept; where all of that holds, runs the search, records an issue for whatever
  /// is wrong, and keeps what fails.
  func check<Fingerprint>(
    _ property: Property<Fingerprint>, _ shelf: FailureShelf<Fingerprint>?,
    at location: SourceLocation, _ describe: (TestCase) -> String
  ) {
    let replay = shelf?.replay(property)
    for line in replay?.ignored ?? [] {
      Issue.record(Comment(rawValue: line), severity: .warning, sourceLocation: location)
    }
    for failure in replay?.failing ?? [] {
      let text = """
        \(failure.fingerprint): a kept failure fails again
        \(describe(failure.testCase))

        Kept in \(failure.file.path(percentEncoded: false)) until it holds.
        """
      Issue.record(Comment(rawValue: text), sourceLocation: location)
    }
    guard replay?.failing.isEmpty ?? true else { return }
    let report = run(property)
    report.record(at: location, describe)
    for finding in report.findings {
      shelf?.keep(finding.testCase, failing: finding.fingerprint)
    }
  }
}

extension FailureShelf {
  /// The shelf of the check at a place in the current test; nil where nothing is kept.
  ///
  /// A test with arguments keeps nothing by itself: which of its cases failed no name says.
  init?(
    _ failures: KeptFailures, at location: SourceLocation, write: @escaping (TestCase) -> String,
    read: @escaping (String) throws -> TestCase
  ) {
    guard Test.Case.current?.isParameterized != true,
      let folder = failures.folder(for: location.filePath)
    else { return nil }
    // A line of the file would change with every edit above the test.
    let test = Test.current.map { "\($0.name.prefix { $0 != "(" })" } ?? ""
    let line = location.line - (Test.current?.sourceLocation.line ?? 0)
    self.init(in: folder, name: "\(location.fileID).\(test).\(line)", write: write, read: read)
  }
}

extension Report {
  /// Records an issue for each finding and each complaint.
  func record(at location: SourceLocation, _ describe: (TestCase) -> String) {
    let issues = findings.map { text(of: $0, describe) } + complaints.map(\.description)
    Search.recordProblems(at: location)
    for issue in issues {
      Issue.record(
        Comment(rawValue: "\(issue)\n\n\(statistics)\n\nTo run this again: \(search.command)"),
        sourceLocation: location)
    }
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

  /// How to run this search of the current test again, and nothing else.
  package var command: String {
    let name = Test.current.map { $0.name.prefix { $0 != "(" } } ?? "…"
    return "PROPERTY_TESTING_SEED=\(seed) PROPERTY_TESTING_PROGRAMS=\(programs)"
      + " swift test --filter \(name)"
  }

  /// Records an issue for what the environment asks for that cannot be.
  package static func recordProblems(at location: SourceLocation) {
    for problem in problems(in: ProcessInfo.processInfo.environment) {
      Issue.record(Comment(rawValue: problem), sourceLocation: location)
    }
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
