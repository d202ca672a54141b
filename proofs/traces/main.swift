// Prints what the core did in random programs, for the oracle of proofs/coq.
import BugMuseum
import FuzzSupport
import Glibc
import SharingHarness

let arguments = CommandLine.arguments.dropFirst()
let exhibit = arguments.count == 3 ? Exhibit.named(arguments.last ?? "") : nil
guard arguments.count == 2 || exhibit != nil,
  let seed = arguments.first.flatMap({ UInt64($0) }),
  let calls = arguments.dropFirst().first.flatMap({ Int($0) })
else {
  complain("usage: proof-traces SEED CALLS [EXHIBIT]")
  exit(ExitCode.wrongUsage)
}

let player = RandomPlayer(rig: exhibit?.rig ?? .core, trace: Trace())
var program = seed
while player.trace.calls < calls {
  player.play(seed: program)
  program += 1
}
guard player.trace.finish() else {
  complain("proof-traces: the trace could not be written")
  exit(ExitCode.cannotWrite)
}
