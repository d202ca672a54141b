/// Why a text is no program of a machine.
public enum MachineTextError: Error, Equatable, Sendable {
  /// No command of the machine is called so.
  case unknownCommand(line: String)
  /// The line's numbers do not say what the command is to do.
  case unreadable(line: String)
  /// The numbers that stand behind the line mean something else: the machine has changed.
  case changed(line: String, now: String)
  /// There is no line that says anything.
  case empty
  /// The machine starts from settings, and no line or more than one says which.
  case noSingleStart
  /// A filter of the machine turns down what the text asks for.
  case discarded
}

// A line is what is read, and as a rule what counts. Only where it does not say all that was chosen
// (mapped values, arrays) the choices stand behind it in «…»; they count then, and the words in
// front must be what they mean.

extension StateMachine where System: ~Copyable {
  /// A case as text, one step a line, from which ``parse(_:)`` reads the same case.
  public func text(of testCase: TestCase) -> String {
    var lines = testCase.commands.map { text(ofStep: testCase.records[$0]) }
    if let first = testCase.records.first, !first.choices.isEmpty {
      lines.insert(text(ofStart: first), at: 0)
    }
    // A program of no steps says that it is one.
    if lines.isEmpty { lines = ["start()"] }
    return lines.joined(separator: "\n")
  }

  /// Reads a case, or the transcript of one; lines that begin with `|` or `#` say nothing.
  public func parse(_ text: String) throws(MachineTextError) -> TestCase {
    var starts: [Record] = []
    var steps: [Record] = []
    for row in text.split(whereSeparator: \.isNewline) {
      let line = withoutMarks(row)
      guard let first = line.first, first != "|", first != "#" else { continue }
      if line.hasPrefix("start(") {
        starts.append(try record(line, as: startReading))
      } else {
        steps.append(try record(line, as: stepReading))
      }
    }
    guard !starts.isEmpty || !steps.isEmpty else { throw .empty }
    let usual = startReading.consume(Record(width: bytesPerStep)).0
    let isStartSaid = starts.count == 1 || (starts.isEmpty && usual.choices.isEmpty)
    guard isStartSaid else { throw .noSingleStart }
    return TestCase(records: [starts.first ?? usual] + steps)
  }

  func text(ofStart record: Record) -> String { text(of: record, as: startReading) }
  func text(ofStep record: Record) -> String { text(of: record, as: stepReading) }

  /// The line without the margin and without the answer.
  private func withoutMarks(_ row: Substring) -> String {
    var line = row.drop { $0 == " " }
    if line.hasPrefix("- ") || line.hasPrefix("✗ ") { line = line.dropFirst(2) }
    let arrow = line.indices.first { line[$0...].hasPrefix(" → ") }
    return String(line[..<(arrow ?? line.endIndex)])
  }
}

// MARK: - Lines

/// How a record is drawn and told: as settings or as a step.
private struct Reading {
  /// What a record consumed by the machine is, and the text of what it makes.
  let consume: (Record) -> (Record, text: String)
  /// What the record begins with, given the name in front of the parenthesis; `nil`: no such name.
  let opening: (String) -> [UInt64]?
}

extension StateMachine where System: ~Copyable {
  private var stepReading: Reading {
    Reading(
      consume: { record in
        var choices = Choices(replaying: TestCase(records: [record]))
        let text = choices.record(bytes: bytesPerStep) { choices in
          drawStep(&choices, standardWeights).text()
        }
        return (choices.recorded.records[0], text)
      },
      opening: { name in
        commands.firstIndex { $0.name == name }.map { [UInt64($0)] }
      })
  }

  private var startReading: Reading {
    Reading(
      consume: { record in
        var choices = Choices(replaying: TestCase(records: [record]))
        let text = try? choices.record(bytes: bytesPerStep) { choices throws(Discard) in
          try start(&choices).text()
        }
        return (choices.recorded.records[0], text ?? "start(?)")
      }, opening: { _ in [] })
  }

  private func text(of record: Record, as reading: Reading) -> String {
    let (consumed, words) = reading.consume(record)
    if (try? self.record(words, as: reading)) == consumed { return words }
    let numbers = consumed.choices.map { "\($0.value)" }.joined(separator: " ")
    return "\(words) «\(numbers)»"
  }

  private func record(
    _ line: String, as reading: Reading
  ) throws(MachineTextError) -> Record {
    let (words, numbers) = parts(of: line)
    if let numbers {
      let raw = Record(width: bytesPerStep, choices: numbers.map { Choice(value: $0) })
      let (consumed, text) = reading.consume(raw)
      guard text == words, consumed.choices.map(\.value) == numbers else {
        throw .changed(line: line, now: text)
      }
      return consumed
    }
    guard let opening = reading.opening(name(in: words)) else { throw .unknownCommand(line: line) }
    var record = Record(width: bytesPerStep, choices: opening.map { Choice(value: $0) })
    var tokens = Tokens(words)
    var position = opening.count
    (record, _) = reading.consume(record)
    // What a choice is may depend on those before it, so they are read one by one.
    while position < record.choices.count {
      guard let choice = tokens.next(for: record.choices[position]) else {
        throw .unreadable(line: line)
      }
      record.choices[position] = choice
      (record, _) = reading.consume(record)
      position += 1
    }
    guard reading.consume(record).text == words else { throw .unreadable(line: line) }
    return record
  }

  private func parts(of line: String) -> (words: String, numbers: [UInt64]?) {
    guard line.hasSuffix("»"), let open = line.lastIndex(of: "«") else { return (line, nil) }
    let words = line[..<open]
    let numbers = line[open...].dropFirst().dropLast().split(separator: " ").map { UInt64($0) }
    guard words.hasSuffix(" "), !numbers.contains(nil) else { return (line, nil) }
    return (String(words.dropLast()), numbers.compactMap(\.self))
  }

  private func name(in words: String) -> String {
    let call = words.firstIndex(of: "(").map { words[..<$0] } ?? words[...]
    let created = call.indices.last { call[$0...].hasPrefix(" = ") }
    return String(created.map { call[call.index($0, offsetBy: 3)...] } ?? call)
  }
}
