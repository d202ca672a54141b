/// A way to look for programs that do not hold: it chooses the next case, has a stage play it,
/// learns from the run, and reports its findings.
///
/// It is a value that can be written and read, so that another process can do the work. What it
/// finds depends on nothing but itself and the system.
package protocol Explorer: Codable, Sendable {
  /// All that it found.
  associatedtype Result: Codable & Sendable

  /// Explores to the end.
  func explore(on stage: any Stage) throws -> Result

  /// The result where a case ended the process.
  ///
  /// - Parameters:
  ///   - finding: the case, as a violation of calls-return.
  ///   - earlier: what was found before.
  func result(
    endedBy finding: Finding, after earlier: [Finding], at progress: ExplorerProgress
  ) -> Result

  /// Where a finding comes from that ended the process.
  func origin(of found: Case) -> Finding.Origin

  /// A line that says how far it is.
  func line(_ progress: ExplorerProgress, seconds: Double) -> String
}

extension Explorer {
  package func origin(of found: Case) -> Finding.Origin { .program }
}
