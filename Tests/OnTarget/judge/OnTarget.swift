import ArgumentParser
import FuzzSupport
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Plays programs of the property grammar on the target and in the simulator.
struct OnTarget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "on-target",
    abstract: "Plays programs on a target behind two pipes, and judges them.",
    discussion: """
      The target answers in the pipes `requests` and `answers` of FOLDER; Tests/OnTarget/run \
      starts both. Exits with 0 where all programs hold and the target does what the simulator \
      does, with 1 where not, with 65 where a file holds no program for it, and with 70 where the \
      target cannot be reached or has ended.
      """)

  @Argument(help: "The folder with the pipes.")
  var folder: String

  @Option(help: "The granule of the run, in bytes.")
  var granule: UInt64 = 4096

  @Option(help: "How many programs.")
  var programs: UInt64 = 1000

  @Option(help: "The seed of the first program; those with other machines are passed over.")
  var seed: UInt64 = 1

  @Option(help: "Only this backend; all of them in turn otherwise.")
  var backend: String?

  @Option(help: "How many hypercalls without a core, on each backend.")
  var calls = 2000

  @Flag(help: "The hypervisor is a real one: nothing is made to fail, and no granule is pinned.")
  var real = false

  @Flag(help: "A host writes what it reaches all the time: only private memory is compared.")
  var hostile = false

  @Option(help: "Plays the programs in this file or folder instead.")
  var replay: String?

  func run() throws {
    let backends = try chosenBackends()
    let kept = try replay.map(read)
    let contest: Contest
    do {
      contest = Contest(
        try Connection(folder: folder), granule: granule, isReal: real, isHostile: hostile)
    } catch {
      throw ended("\(error)")
    }
    if let kept {
      for (path, program) in kept {
        for backend in backends { try play(program, on: backend, contest, "\(path), ") }
      }
    } else {
      try callBare(backends, contest)
      try playRandom(backends, contest)
    }
    let names = backends.map(\.id).joined(separator: ", ")
    print("granule \(granule): \(contest.summary); all hold, and do as in the simulator (\(names))")
  }

  private func playRandom(_ backends: [Backend], _ contest: Contest) throws {
    var seed = seed
    while contest.programs < programs {
      if let program = contest.machine(for: Grammar().program(seed: seed)) {
        let backend = backends[Int(contest.programs % UInt64(backends.count))]
        try play(program, on: backend, contest, "seed \(seed), ")
      }
      seed &+= 1
    }
  }

  /// Makes calls that no core makes, a hundred on each fresh machine.
  private func callBare(_ backends: [Backend], _ contest: Contest) throws {
    for backend in backends {
      for batch in 0..<UInt64(calls / 100) {
        let seed = seed &+ batch
        guard let difference = contest.callBare(100, seed: seed, on: backend) else { continue }
        if contest.isLost { throw ended("\(backend.id), calls of seed \(seed): \(difference)") }
        print("FAIL target-hypercall: calls of seed \(seed), \(backend.id), \(difference)")
        throw ArgumentParser.ExitCode(1)
      }
    }
  }

  private func play(
    _ program: Program, on backend: Backend, _ contest: Contest, _ origin: String
  ) throws {
    guard let mismatch = contest.play(program, on: backend) else { return }
    if contest.isLost { throw ended("\(origin)\(backend.id): \(mismatch.evidence)") }
    let smallest = contest.shrink(program, on: backend, mismatch)
    let last = contest.play(smallest, on: backend) ?? mismatch
    let (step, count) = (last.failingStep, smallest.steps.count)
    let place = step < 0 ? "at the start" : step < count ? "step \(step + 1)" : "at the end"
    print(
      """
      FAIL \(last.fingerprint?.invariant ?? "nothing"): \(origin)\(backend.id), \(place): \
      \(last.evidence)
      \(smallest.text)
      """)
    throw ArgumentParser.ExitCode(1)
  }

  private func ended(_ why: String) -> ArgumentParser.ExitCode {
    complain("on-target: \(why)")
    return ArgumentParser.ExitCode(70)
  }

  private func chosenBackends() throws -> [Backend] {
    guard let id = backend else { return Backend.all }
    guard let backend = Backend.named(id) else {
      let names = Backend.all.map(\.id).joined(separator: ", ")
      throw ValidationError("there is no backend \(id), but \(names)")
    }
    return [backend]
  }

  /// The programs in a file or folder, as far as their machines are of this granule.
  private func read(_ path: String) throws -> [(path: String, program: Program)] {
    guard case .files(let paths) = inputs(at: path) else {
      throw badInput("\(path) cannot be read")
    }
    var programs: [(String, Program)] = []
    for path in paths {
      guard case .bytes(let bytes) = contents(of: path) else {
        throw badInput("\(path) cannot be read")
      }
      do {
        let program = try ProgramFile.program(bytes, path: path).onTarget(
          granule: granule, withFaults: !real)
        if let program { programs.append((path, program)) }
      } catch {
        throw badInput("\(path): \(error)")
      }
    }
    guard !programs.isEmpty else {
      throw badInput("\(path) has no program for granules of \(granule) bytes")
    }
    return programs
  }

  private func badInput(_ why: String) -> ArgumentParser.ExitCode {
    complain("on-target: \(why)")
    return ArgumentParser.ExitCode(65)
  }
}
