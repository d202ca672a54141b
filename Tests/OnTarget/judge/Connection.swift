import Glibc

/// The way to the player: two named pipes in a folder.
struct Connection {
  private let requests: CInt
  private let answers: CInt

  /// Waits until the player has opened them, too.
  init(folder: String) throws(TargetFailure) {
    requests = open("\(folder)/requests", O_WRONLY)
    guard requests >= 0 else { throw .cannotOpen("\(folder)/requests") }
    answers = open("\(folder)/answers", O_RDONLY)
    guard answers >= 0 else { throw .cannotOpen("\(folder)/answers") }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Sends a message and waits for its answer.
  func ask(_ words: [UInt64]) throws(TargetFailure) -> [UInt64] {
    try write([UInt64(words.count)] + words)
    var count: [UInt64] = [0]
    try read(&count)
    var answer = [UInt64](repeating: 0, count: Int(count[0]))
    try read(&answer)
    return answer
  }

  private func write(_ words: [UInt64]) throws(TargetFailure) {
    var done = 0
    let bytes = words.count * 8
    while done < bytes {
      let count = words.withUnsafeBytes {
        Glibc.write(requests, $0.baseAddress! + done, bytes - done)
      }
      guard count > 0 else { throw .hasEnded }
      done += count
    }
  }

  private func read(_ words: inout [UInt64]) throws(TargetFailure) {
    var done = 0
    let bytes = words.count * 8
    while done < bytes {
      let count = words.withUnsafeMutableBytes {
        Glibc.read(answers, $0.baseAddress! + done, bytes - done)
      }
      guard count > 0 else { throw .hasEnded }
      done += count
    }
  }
}

/// What keeps the judge from judging.
enum TargetFailure: Error, Equatable, CustomStringConvertible {
  case cannotOpen(String)
  /// The machine is off, or its player has left.
  case hasEnded
  /// It answers what is no answer.
  case garbled

  var description: String {
    switch self {
    case .cannotOpen(let path): "\(path) cannot be opened"
    case .hasEnded: "the target has ended before the last program"
    case .garbled: "the target answers what is no answer"
    }
  }
}
