import ArgumentParser
import SharingHarness
import SharingModel

/// Disturbs all small programs at every point.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Fail every hypercall and every heap allocation of all small programs.",
    discussion: """
      All programs of up to so many commands over a small alphabet, and random ones if they are \
      asked for, run once as they are, and then once for each hypercall that fails in each way, for \
      each allocation that the heap refuses, and for each gap in which the host writes or pins. The \
      first violation ends the sweep.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The most commands of the programs that are all swept.", valueName: "n"))
  var length = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many random programs to sweep besides.", valueName: "n"))
  var random = 0

  @Option(parsing: .unconditional, help: "The seed of the first random program.")
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The granule of the machine, in bytes.", valueName: "n"))
  var granule: UInt64 = 4096

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The only ways in which something goes wrong.", valueName: "mode"))
  var mode = Disturbance.Mode.allCases

  @OptionGroup var choosing: Choosing

  @Option(parsing: .unconditional, help: "How to report.")
  var format = RunCommand.Format.text

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long one run may take before it counts as hung.", valueName: "t"))
  var hangAfter: Double = 10

  func validate() throws {
    guard (0...8).contains(length) else { throw ValidationError("--length must be within 0 and 8") }
    if random < 0 { throw ValidationError("--random must not be negative") }
    guard SweepPlan.machine(granule: granule).granule == granule else {
      throw ValidationError("--granule must be a power of two, and at most 1048576")
    }
    guard hangAfter >= 0.1, hangAfter <= 3600 else {
      throw ValidationError("--hang-after must be within 0.1 and 3600")
    }
  }

  func run() throws {
    let system = try choosing.system()
    let plan = SweepPlan(length: length, random: random, seed: seed, granule: granule, modes: mode)
    let report = try SweepSupervisor(system: system, plan: plan, patience: hangAfter).run()
    switch format {
    case .json: try Terminal.print(JSON.text(report))
    case .text: try Terminal.print(text(report, system))
    }
    if report.violation != nil { throw Violated() }
  }

  private func text(_ report: SweepReport, _ system: SystemUnderTest) -> [String] {
    let backends = system.backends.map(\.id).joined(separator: ", ")
    let alphabet = Alphabet(sweeping: SweepPlan.machine(granule: granule))
    let programs = "All programs of up to \(Counterexample.counted(length, "command"))"
    let random = Counterexample.counted(random, "random program")
    return (report.violation == nil ? ["holds on \(backends)", ""] : [])
      + report.lines + [
        "\(programs), and \(random) from seed \(seed). Programs are made of"
      ] + alphabet.sweepLines.map { "  " + $0 }
  }
}

extension Disturbance.Mode: ExpressibleByArgument {}
