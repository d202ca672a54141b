import SharingModel

extension CommandForm {
  /// How the command is written: its word, and what stands for each argument.
  public var usage: String {
    let arguments = arguments.map { argument in
      switch argument.text {
      case .slot, .number(after: nil, _), .word(_, isOptional: false), .faultMode:
        argument.placeholder
      case .number(let word?, _): "\(word) \(argument.placeholder)"
      case .word(_, isOptional: true), .flag: "[\(argument.placeholder)]"
      }
    }
    return ([word] + arguments + (canFail ? ["[! FAULT]"] : [])).joined(separator: " ")
  }

  /// What stands for arguments in `usage`, and what may stand there.
  public static var legend: [(placeholder: String, meaning: String)] {
    let failures = FaultModeWord.allCases.map(\.usage).joined(separator: ", ")
    var result: [(placeholder: String, meaning: String)] = []
    for argument in all.flatMap(\.arguments) {
      let meaning: String
      switch argument.text {
      case .slot: meaning = "\(Slot(0).name) to \(Slot(Slot.count - 1).name)"
      case .number(_, in: 0...UInt64.max):
        meaning = "a number, decimal, or hexadecimal after 0x"
      case .number(_, let range): meaning = "\(range.lowerBound) to \(range.upperBound)"
      case .word(let words, _): meaning = words.joined(separator: ", ")
      case .flag: continue
      case .faultMode(let none): meaning = "\(none), \(failures)"
      }
      if !result.contains(where: { $0 == (argument.placeholder, meaning) }) {
        result.append((argument.placeholder, meaning))
      }
    }
    result.append(("FAULT", "hypercall N FAILURE, counted from 1, or heap-allocation fails"))
    return result
  }
}

extension FaultModeWord {
  fileprivate var usage: String {
    switch self {
    case .fails, .answersGarbage: "\(rawValue) [ANSWER]"
    case .failsButTakesEffect: rawValue
    }
  }
}
