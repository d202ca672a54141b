import ArgumentParser

/// In which process cases are played, and how much processor time one may take; for the verbs
/// that explore.
struct ProcessOptions: ParsableArguments {
  @OptionGroup var patience: PatienceOptions

  @Flag(
    help: """
      Work in this process, for a debugger or a profiler: a trap or a hang of the system is then \
      one of sharecheck.
      """)
  var inProcess = false

  func supervisor(of subject: Subject) -> Supervisor {
    Supervisor(subject: subject, patience: patience.hangAfter, isInProcess: inProcess)
  }
}

/// How much processor time one program may take.
struct PatienceOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      How many seconds of processor time one program may take before it counts as hung. By the \
      clock it may take \(Int(HangWatch.farLimit)) times as many.
      """, valueName: "t"))
  var hangAfter: Double = 10

  func validate() throws {
    guard hangAfter >= 0.1, hangAfter <= 3600 else {
      throw ValidationError("--hang-after must be within 0.1 and 3600")
    }
  }
}

/// How a verb reports.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
