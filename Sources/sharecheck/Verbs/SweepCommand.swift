import ArgumentParser
import Exploration
import ProgramText
import Reports
import SharingHarness
import SharingModel

/// Disturbs all small programs at every point.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Fail every hypercall and every heap allocation of all small programs.",
    discussion: """
      All programs of up to --length commands over a small alphabet, and random ones if they are \
      asked for, run once as they are, and then once for each hypercall that fails in each way, \
      for each allocation that the heap refuses, and for each gap in which the host writes or \
      pins. Of a command that makes more than 64 hypercalls, the first and the last 32 go wrong. \
      The first violation ends the sweep.
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

  @OptionGroup var choosing: SystemOptions

  @Option(parsing: .unconditional, help: "How to report.")
  var format = ReportFormat.text

  @OptionGroup var process: ProcessOptions

  func validate() throws {
    guard (0...8).contains(length) else { throw ValidationError("--length must be within 0 and 8") }
    if random < 0 { throw ValidationError("--random must not be negative") }
    guard FaultSweep.machine(granule: granule).granule == granule else {
      throw ValidationError("--granule must be a power of two, and at most 1048576")
    }
  }

  func run() throws {
    let system = try choosing.system()
    let supervisor = process.supervisor(of: system.subject)
    let clock = ContinuousClock()
    let start = clock.now
    var report = SweepReport(
      length: length, random: UInt64(random), seed: seed, granule: granule, version: Version.text)
    for backend in system.backends where report.finding == nil {
      let result = try supervisor.run(
        FaultSweep(
          on: backend, modes: mode, length: length, random: UInt64(random), seed: seed,
          granule: granule))
      report.rows.append(result.counts)
      report.finding = result.finding.map { FindingReport($0, reproduce: reproduce(system)) }
    }
    if report.finding == nil, report.rows.allSatisfy({ $0.programs == 0 }) {
      throw system.subject.turnedDownAll
    }
    report.verdict = report.finding == nil ? "holds" : "violated"
    report.seconds = start.duration(to: clock.now).seconds
    switch format {
    case .json: try Terminal.print(JSON.text(report))
    case .text: try Terminal.print(text(report, system))
    }
    if report.finding != nil { throw Violated() }
  }

  /// The command line that finds it again.
  private func reproduce(_ system: SystemUnderTest) -> String {
    let modes = mode == Disturbance.Mode.allCases ? [] : ["--mode"] + mode.map(\.rawValue)
    let granule = granule == 4096 ? "" : " --granule \(granule)"
    let random = random == 0 ? "" : " --random \(random) --seed \(seed)"
    return "sharecheck sweep --length \(length)\(random)\(granule)\(system.backendOption)"
      + system.subject.option + modes.map { " " + $0 }.joined()
  }

  private func text(_ report: SweepReport, _ system: SystemUnderTest) -> [String] {
    let backends = system.backends.map(\.id).joined(separator: ", ")
    let alphabet = Alphabet(sweeping: FaultSweep.machine(granule: granule))
    let programs = "All programs of up to \(counted(length, "command"))"
    let random = counted(random, "random program")
    return (report.finding == nil ? ["holds on \(backends)", ""] : [])
      + report.lines + [
        "\(programs), and \(random) from seed \(seed). Programs are made of"
      ] + alphabet.sweepLines.map { "  " + $0 } + ["sharecheck \(report.version)"]
  }
}

extension Disturbance.Mode: ExpressibleByArgument {}
