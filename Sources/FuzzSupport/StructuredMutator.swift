import PropertyTesting

/// Changes inputs in whole commands, by the grammar that reads them.
///
/// An input is read, its choices are changed as a ``Mutation`` says, the grammar consumes what came
/// of it, and the choices are written down as bytes again: one command may be inserted, taken out
/// together with what it created, moved, or tweaked toward an edge, and the rest means what it
/// meant.
struct StructuredMutator {
  private let layout: InputLayout

  init(_ layout: InputLayout) { self.layout = layout }

  /// The bytes of a changed input.
  ///
  /// - Parameters:
  ///   - other: another input to take something from.
  ///   - maximum: the most bytes that are wanted.
  func mutate(
    _ input: UnsafeRawBufferPointer, with other: UnsafeRawBufferPointer, maximum: Int, seed: UInt32
  ) -> [UInt8] {
    let room = max(0, maximum - layout.configurationWidth) / layout.commandWidth
    guard room > 0 else { return Array(input.prefix(maximum)) }
    var testCase = read(Choices(bytes: input.prefix(layout.mostBytes), recording: true))
    var numbers = RandomNumbers(seed: UInt64(seed))
    if numbers.chance(1, outOf: 6) {
      // The same on another machine.
      let drawn = read(Choices(seed: numbers.next(), maximumLength: 1, recording: true))
      testCase.records[0] = drawn.records[0]
    }
    var choices = Choices(
      mutating: testCase,
      with: read(Choices(bytes: other.prefix(layout.mostBytes), recording: true)),
      maximumLength: min(room, layout.mostCommands), seed: numbers.next())
    layout.read(&choices)
    return Array(choices.recorded.encoded().bytes.prefix(maximum))
  }

  private func read(_ choices: consuming Choices) -> TestCase {
    var choices = choices
    layout.read(&choices)
    return choices.recorded
  }
}
