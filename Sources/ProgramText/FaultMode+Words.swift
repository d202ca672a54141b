import SimulatedHypervisors

/// The words of the ways in which a hypercall fails, for printer and parser.
enum FaultModeWord: String, CaseIterable {
  case fails
  case failsButTakesEffect = "fails-but-takes-effect"
  case answersGarbage = "answers-garbage"

  /// The mode of the word by itself; another answer follows it.
  var usual: FaultMode {
    switch self {
    case .fails: .fails
    case .failsButTakesEffect: .failsButTakesEffect
    case .answersGarbage: .answersGarbage(1)
    }
  }
}

extension FaultMode {
  /// The word, followed by the answer where that is not the usual one.
  var words: String {
    let (word, answer) =
      switch self {
      case .fails(let answer): (FaultModeWord.fails, "\(answer)")
      case .failsButTakesEffect: (FaultModeWord.failsButTakesEffect, "")
      case .answersGarbage(let answer): (FaultModeWord.answersGarbage, "\(answer)")
      }
    return word.usual == self ? word.rawValue : "\(word.rawValue) \(answer)"
  }
}
