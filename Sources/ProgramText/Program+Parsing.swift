import SharingModel
import SimulatedHypervisors

extension Program {
  /// The most commands that a text may have.
  public static var textLimit: Int { 100_000 }
  /// The most characters that a line may have before its comment.
  static var lineLimit: Int { 1000 }

  /// Reads a program from its text; whatever the text, the answer is a program or an error.
  ///
  /// What follows `#` or `→` is not read, so what a report prints is a program, too.
  public init(text: String) throws(ProgramTextError) { try self.init(utf8: Array(text.utf8)) }

  /// Reads a program from bytes that should be its text.
  public init(utf8 bytes: [UInt8]) throws(ProgramTextError) {
    var parser = ProgramParser()
    var number = 0
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
      number += 1
      try parser.read(bytes[start..<end], line: number)
      start = end + 1
    }
    self = try parser.finish(line: number + 1)
  }
}

/// What has been read of a program so far.
private struct ProgramParser {
  private var configuration: Configuration?
  private var steps: [Step] = []
  private var isEnded = false
  private var hasContent = false

  mutating func read(_ bytes: ArraySlice<UInt8>, line: Int) throws(ProgramTextError) {
    let text = try content(of: bytes, line: line)
    var words = WordReader(text, line: line)
    guard let first = words.next else { return }
    hasContent = true
    guard !isEnded else { throw words.error(.behindTheEnd) }
    switch first {
    case "machine":
      guard configuration == nil, steps.isEmpty else { throw words.error(.machineIsNotFirst) }
      configuration = try words.configuration()
    case "end":
      _ = try words.word("end")
      isEnded = true
    default:
      guard steps.count < Program.textLimit else {
        throw words.error(.tooManyCommands(limit: Program.textLimit))
      }
      steps.append(try words.step())
    }
    try words.finish()
  }

  func finish(line: Int) throws(ProgramTextError) -> Program {
    guard hasContent else { throw ProgramTextError(line: 1, problem: .empty) }
    guard isEnded else { throw ProgramTextError(line: line, problem: .noEnd) }
    return Program(configuration: configuration ?? Configuration(), steps: steps)
  }

  /// The line without its comment, all of it printable ASCII.
  private func content(
    of bytes: ArraySlice<UInt8>, line: Int
  ) throws(ProgramTextError) -> String {
    let arrow: [UInt8] = [0xe2, 0x86, 0x92]
    var end = bytes.startIndex
    while end < bytes.endIndex {
      let byte = bytes[end]
      if byte == UInt8(ascii: "#") || bytes[end...].starts(with: arrow) { break }
      // A line may end as on other systems.
      if byte == 13, end == bytes.endIndex - 1 { break }
      guard byte == 9 || (32..<127).contains(byte) else {
        throw ProgramTextError(line: line, problem: .notText(byte: byte))
      }
      end += 1
      guard end - bytes.startIndex <= Program.lineLimit else {
        throw ProgramTextError(line: line, problem: .lineTooLong(limit: Program.lineLimit))
      }
    }
    if line == 1 { try checkVersion(bytes) }
    return String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
  }

  private func checkVersion(_ bytes: ArraySlice<UInt8>) throws(ProgramTextError) {
    let prefix = "# sharecheck program, version "
    guard bytes.starts(with: prefix.utf8) else { return }
    let version = bytes.dropFirst(prefix.utf8.count).prefix(20).filter { (33..<127).contains($0) }
    guard version == Array("1".utf8) else {
      let said = "version " + String(decoding: version, as: UTF8.self)
      throw ProgramTextError(line: 1, problem: .otherVersion(said))
    }
  }
}

extension WordReader {
  fileprivate mutating func configuration() throws(ProgramTextError) -> Configuration {
    _ = try word("machine")
    var result = Configuration()
    var seen: [String] = []
    while let field = next.map(String.init) {
      _ = try word("a field")
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw error(.unknownWord(field, wanted: "name=value")) }
      let (name, value) = (String(parts[0]), String(parts[1]))
      guard !seen.contains(name) else { throw error(.repeatedField(name)) }
      seen.append(name)
      guard let field = MachineField.all.first(where: { $0.name == name }) else {
        throw error(.unknownWord(name, wanted: "a field of the machine"))
      }
      try field.read(value, self, &result)
    }
    let nearest = result.normalised
    guard nearest == result else {
      let fields = zip(result.text.split(separator: " "), nearest.text.split(separator: " "))
      let (wrong, right) = fields.first { $0 != $1 } ?? ("this", "none of it")
      throw error(.noSuchMachine(field: String(wrong), nearest: String(right)))
    }
    return result
  }

  fileprivate mutating func step() throws(ProgramTextError) -> Step {
    let word = try word("a command")
    guard let kind = Command.Kind(word: word) else {
      throw error(.unknownWord(word, wanted: "a command"))
    }
    let form = kind.form
    let command = form.make(try arguments(of: form))
    var faults = CommandFaults()
    while faults.count < CommandFaults.most, take("!") {
      guard form.canFail else { throw error(.cannotFail(word)) }
      faults.append(try fault())
    }
    return Step(command, faults: faults)
  }

  private mutating func fault() throws(ProgramTextError) -> CommandFault {
    let (host, guest) = (HostDeed.allCases, GuestDeed.allCases)
    let words = ["hypercall", "hypercalls-from", "heap-allocation", "heap-free"]
    let index = try index("what fails", among: words + host.map(\.word) + guest.map(\.word))
    if index == 2 {
      try expect("fails")
      return .heapAllocation
    }
    let position = Int(try number("the number of the call", in: 1...1_000_000))
    switch index {
    case 0: return .hypercall(position: position, try faultMode())
    case 1: return .hypercalls(from: position, try faultMode())
    case 3:
      try expect("fails")
      return .heapFree(position: position)
    default:
      let deed = index - words.count
      return deed < host.count
        ? .host(host[deed], before: position) : .guest(guest[deed - host.count], before: position)
    }
  }

  /// The arguments of a command, as its form has them.
  private mutating func arguments(
    of form: CommandForm
  ) throws(ProgramTextError) -> ArgumentValues {
    var values = ArgumentValues()
    for argument in form.arguments {
      switch argument.text {
      case .slot: argument.set(UInt64(try slot().index), &values)
      case .number(let word, let range):
        if let word { try expect(word) }
        argument.set(try number(argument.name, in: range), &values)
      case .word(let words, let isOptional):
        let isLeftOut = isOptional && (next == nil || next == "!")
        let index = isLeftOut ? 0 : try index(argument.name, among: words)
        argument.set(UInt64(index), &values)
      case .flag(let word): argument.set(take(word) ? 1 : 0, &values)
      case .faultMode(let none): values.mode = take(none) ? nil : try faultMode()
      }
    }
    return values
  }
}
