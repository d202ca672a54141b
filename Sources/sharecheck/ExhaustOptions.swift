import ArgumentParser
import Exploration
import SharingHarness
import SharingModel

/// How small the machine of an exhaustion is, and where the walk ends.
struct ExhaustOptions: ParsableArguments {
  /// The most states of a walk: a worker has memory for no more.
  static let mostStates = 3_000_000

  @Option(parsing: .unconditional, help: "How many granules the machine has.")
  var granules = ExhaustionBounds().granules

  @Option(parsing: .unconditional, help: "How many smallest blocks a granule has.")
  var blocks = ExhaustionBounds().blocks

  @Option(parsing: .unconditional, help: "How many things a program can name.")
  var slots = ExhaustionBounds().slots

  @Option(parsing: .unconditional, help: "How many of a step's hypercalls fail.")
  var failingCalls = ExhaustionBounds().failingCalls

  @Flag(name: .customLong("no-host"), help: "Leave out what the host does.")
  var leavesOutHost = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after this number of states of a backend.", valueName: "n"))
  var states = mostStates

  func validate() throws {
    try Self.check(granules, "granules", upTo: 64)
    try Self.check(blocks, "blocks", upTo: 64)
    guard (1...Slot.count).contains(slots) else {
      throw ValidationError("--slots must be within 1 and \(Slot.count)")
    }
    guard (0...Grammar.faultPositions).contains(failingCalls) else {
      throw ValidationError("--failing-calls must be within 0 and \(Grammar.faultPositions)")
    }
    guard (1...Self.mostStates).contains(states) else {
      throw ValidationError("--states must be within 1 and \(Self.mostStates)")
    }
  }

  /// Throws where an option's value is not a power of two, or too large.
  static func check(_ value: Int, _ name: String, upTo most: Int) throws {
    guard value > 0, value.nonzeroBitCount == 1, value <= most else {
      throw ValidationError("--\(name) must be a power of two, and at most \(most)")
    }
  }

  var bounds: ExhaustionBounds {
    var bounds = ExhaustionBounds()
    bounds.granules = granules
    bounds.blocks = blocks
    bounds.slots = slots
    bounds.failingCalls = failingCalls
    bounds.hasHost = !leavesOutHost
    return bounds
  }

  /// The options that say the same again, each with a space before it; none for what is usual.
  var arguments: String {
    let usual = ExhaustionBounds()
    let all = [
      (granules != usual.granules, "--granules \(granules)"),
      (blocks != usual.blocks, "--blocks \(blocks)"),
      (slots != usual.slots, "--slots \(slots)"),
      (failingCalls != usual.failingCalls, "--failing-calls \(failingCalls)"),
      (states != Self.mostStates, "--states \(states)"),
      (leavesOutHost, "--no-host"),
    ]
    return all.filter(\.0).map { " " + $0.1 }.joined()
  }
}
