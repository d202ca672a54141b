// Prints what the core does, for the oracle of proofs/coq: in random programs, or in every transition of
// the walk of proofs/explore.
import BugMuseum
import FuzzSupport
import Glibc
import SharingHarness

/// What the command line asks for: how to play, and what is in the core's place.
struct Wanted {
  enum Play {
    case random(seed: UInt64, calls: Int)
    case walk(mostStates: Int)
  }

  var play: Play
  var rig = Rig.core

  init?(_ arguments: [String]) {
    let numbers = arguments.dropFirst().map { Int($0) }
    var options: ArraySlice<String>
    switch (arguments.first, numbers.first, numbers.dropFirst().first) {
    case ("random", let seed??, let calls??):
      guard let seed = UInt64(exactly: seed) else { return nil }
      play = .random(seed: seed, calls: calls)
      options = arguments.dropFirst(3)
    case ("walk", let mostStates??, _):
      play = .walk(mostStates: mostStates)
      options = arguments.dropFirst(2)
    default: return nil
    }
    guard let id = options.popFirst() else { return }
    guard let exhibit = Exhibit.named(id), options.isEmpty else { return nil }
    rig = exhibit.rig
  }
}

guard let wanted = Wanted(Array(CommandLine.arguments.dropFirst())) else {
  complain("usage: proof-traces (random SEED CALLS | walk STATES) [EXHIBIT]")
  exit(ExitCode.wrongUsage)
}
let trace = Trace()
var violated: String?
switch wanted.play {
case .random(let seed, let calls):
  let player = RandomPlayer(rig: wanted.rig, trace: trace)
  var program = seed
  while trace.calls < calls {
    player.play(seed: program)
    program += 1
  }
case .walk(let mostStates):
  let result = try Walk(rig: wanted.rig, trace: trace).play(mostStates: mostStates)
  let counts = result.walk.counts
  complain(
    "\(counts.states) states, \(counts.transitions) transitions, \(result.leftOut) left out")
  violated = result.walk.finding?.verdict.violations.first?.id
}
guard trace.finish() else {
  complain("proof-traces: the trace could not be written")
  exit(ExitCode.cannotWrite)
}
if let violated {
  complain("proof-traces: the walk ends where \(violated) is violated")
  exit(ExitCode.violated)
}
