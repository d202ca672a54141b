/// The way to the judge: two pipes in QEMU's working folder, read and written by semihosting.
struct Channel {
  private let requests: UInt64
  private let answers: UInt64
  /// The message that is being read, and how far.
  private var message: [UInt64] = []
  private var at = 0
  private var answer: [UInt64] = []

  init() {
    requests = Self.open("requests", mode: 0)
    answers = Self.open("answers", mode: 4)
  }

  private static func open(_ name: StaticString, mode: UInt64) -> UInt64 {
    let handle = name.withUTF8Buffer { open_file($0.baseAddress, UInt64($0.count), mode) }
    if handle == UInt64.max {
      say("player: cannot open ")
      say(name)
      say("\n")
      leave(5)
    }
    return handle
  }

  /// Waits for the next message; false where the judge has closed its end.
  mutating func receive() -> Bool {
    var count: UInt64 = 0
    guard withUnsafeMutableBytes(of: &count, { read($0) }) else { return false }
    var words = [UInt64](repeating: 0, count: Int(count))
    let isWhole = words.withUnsafeMutableBytes { read($0) }
    message = words
    at = 0
    return isWhole
  }

  /// A pipe may give less than is asked for.
  private func read(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
      let left = Int(read_file(requests, rest.baseAddress, UInt64(rest.count)))
      if left >= rest.count { return false }
      done += rest.count - left
    }
    return true
  }

  mutating func send() {
    let count = UInt64(answer.count)
    withUnsafeBytes(of: count) { write($0) }
    answer.withUnsafeBytes { write($0) }
    answer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count > 0, write_file(answers, bytes.baseAddress, UInt64(bytes.count)) != 0 {
      leave(5)
    }
  }

  var hasMore: Bool { at < message.count }

  /// The next word of the message.
  mutating func next() -> UInt64 {
    at += 1
    return message[at - 1]
  }

  /// The next words of the message, by their places.
  mutating func next(_ count: Int) -> ArraySlice<UInt64> {
    at += count
    return message[at - count..<at]
  }

  mutating func put(_ word: UInt64) { answer.append(word) }

  /// How many words the answer has so far.
  var answered: Int { answer.count }

  /// Takes the answer back as far as it had this many words.
  mutating func forget(after count: Int) { answer.removeLast(answer.count - count) }
}

var channel: Channel! = nil
