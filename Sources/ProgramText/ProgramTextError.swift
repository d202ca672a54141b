/// Why a text is not a program, and in which line.
public struct ProgramTextError: Error, Equatable, CustomStringConvertible {
  /// From 1; the line after the last one where something is missing at the end.
  public let line: Int
  public let problem: Problem

  public enum Problem: Equatable, Sendable {
    case empty
    /// A byte that no program text holds outside its comments.
    case notText(byte: UInt8)
    case lineTooLong(limit: Int)
    case otherVersion(String)
    case unknownWord(String, wanted: String)
    case missing(String)
    case surplus(String)
    case notANumber(String)
    case numberTooLarge(String)
    case outOfBounds(String, what: String, ClosedRange<UInt64>)
    /// A machine that cannot be, and the nearest one that can.
    case noSuchMachine(field: String, nearest: String)
    case machineIsNotFirst
    case repeatedField(String)
    case cannotFail(String)
    case tooManyCommands(limit: Int)
    case noEnd
    case behindTheEnd
  }

  public var description: String { "line \(line): \(problem.sentence)" }
}

extension ProgramTextError.Problem {
  var sentence: String {
    switch self {
    case .empty: "this is empty; a program begins with \"machine\" and ends with \"end\""
    case .notText(let byte): "byte \(byte) does not belong into a program"
    case .lineTooLong(let limit): "longer than \(limit) characters"
    case .otherVersion(let header):
      "this says \"\(Self.quotable(header))\"; only version 1 is known"
    case .unknownWord(let word, let wanted):
      "\"\(Self.quotable(word))\" stands where \(wanted) is wanted"
    case .missing(let wanted): "the line ends where \(wanted) is wanted"
    case .surplus(let word): "\"\(Self.quotable(word))\" is one word too many"
    case .notANumber(let word): "\"\(Self.quotable(word))\" is not a number"
    case .numberTooLarge(let word): "\(Self.quotable(word)) does not fit in 64 bits"
    case .outOfBounds(let word, let what, let range):
      "\(what) \(Self.quotable(word)) is not within \(range.lowerBound) and \(range.upperBound)"
    case .noSuchMachine(let field, let nearest):
      "there is no machine with \(field); the nearest that there is has \(nearest)"
    case .machineIsNotFirst: "the machine must be the first line, and there is only one"
    case .repeatedField(let name): "\(name) is given twice"
    case .cannotFail(let word): "no hypercall and no heap call of \"\(word)\" can fail"
    case .tooManyCommands(let limit): "more than \(limit) commands"
    case .noEnd: "the line \"end\" is missing; was the file cut off?"
    case .behindTheEnd: "nothing may stand behind \"end\""
    }
  }

  /// As much of somebody else's text as an error line can hold.
  private static func quotable(_ text: String) -> String {
    text.count > 40 ? text.prefix(40) + "…" : text
  }
}
