import PropertyTesting

/// A stack whose pushes can be spoiled, small enough to try all programs and rich enough to prune.
enum ToyStack {
  enum Failure: Hashable { case reached, spilled }

  /// Runs a program; it fails when the stack is the target, or else when a 2 is spilled.
  static func trial(
    _ choices: inout Choices, target: [UInt64], pruning: Bool
  ) -> Trial<Failure> {
    choices.record(bytes: 1) { _ in }
    var stack: [UInt64] = []
    var number = 0
    var relevance = Relevance.everything
    var failure: Failure?
    while choices.hasMoreRecords() {
      number += 1
      let step = choices.record(bytes: 4) { play(&$0, &stack) }
      // Behind a failing step nothing runs; the choices are made all the same.
      if failure != nil { continue }
      if stack == target { failure = .reached }
      if case .spilled = step { failure = .spilled }
      guard relevance == .everything else { continue }
      switch step {
      // What was popped from an empty stack left it as it was.
      case .idle: relevance = .commands(number)
      // A spoiler that came too late was none, and so are all that come later.
      case .spared: relevance = .commandsButLastChoice(number)
      case .plain: if failure != nil { relevance = .commands(number) }
      case .spilled: relevance = .commands(number)
      }
    }
    return Trial(fingerprint: failure, relevance: pruning ? relevance : .everything)
  }

  private enum Step { case plain, idle, spared, spilled }

  private static func play(_ choices: inout Choices, _ stack: inout [UInt64]) -> Step {
    switch choices.integer(below: 3) {
    case 0:
      let value = choices.integer(below: 3)
      let spoiler = choices.integer(below: 4)
      let strikes = spoiler > 0 && spoiler <= stack.count
      stack.append(strikes ? 9 : value)
      return spoiler == 0 || strikes ? .plain : .spared
    case 1: return stack.popLast() == nil ? .idle : .plain
    default: return stack.last == 2 ? .spilled : .idle
    }
  }
}
