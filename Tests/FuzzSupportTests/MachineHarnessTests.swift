import FuzzSupport
import PropertyTesting
import Testing

/// A state machine as a harness: from bytes that fail to a text that fails.
@Suite("A harness of a state machine") struct MachineHarnessTests {
  /// Counts in steps of 1 to 4, and forgets to at 7.
  private static var harness: FuzzHarness {
    let machine = StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command(
        "add", Generator<Int>.integer(in: 1...4),
        run: { (count: inout Int, more) in if count < 7 { count += more } },
        update: { model, more, _ in model += more })
      machine.invariant("all is counted") { model, count in
        model == count ? nil : "\(count) of \(model)"
      }
      machine.notes { model, notes in notes.visit([min(model, 10)]) }
    }
    return FuzzHarness(name: "fuzz-toy", finds: "a count", mostCommands: 20, machine: machine)
  }

  @Test("Random inputs fail, shrink to the least program, and its text fails again")
  func cycle() throws {
    let harness = Self.harness
    let failing = try #require(
      (0..<50).map { harness.input(seed: $0) }.first { $0.withUnsafeBytes(harness.check) != nil })
    #expect(harness.commands() > 0)
    let shrink = try #require(harness.shrink)
    let shrunk = try #require(failing.withUnsafeBytes(shrink))
    #expect(shrunk.failure == "invariant “all is counted” of add")
    #expect(shrunk.text.contains("no program of fewer commands fails so, "))
    let commands = shrunk.text.split(separator: "\n").filter { $0.hasPrefix("add(") }
    #expect(commands.count == 3, "two steps come to 7 or more, the third is lost")
    let checkText = try #require(harness.checkText)
    #expect(try checkText(shrunk.text) != nil)
    #expect(try checkText("add(1)\nadd(1)") == nil)
    #expect(throws: MachineTextError.self) { try checkText("subtract(1)") }
  }

  @Test("An input that is cut short, or longer than it may be, is an input")
  func lengths() {
    let harness = Self.harness
    for length in [0, 1, 15, 16, 17, 33, 16 * 21, 16 * 21 + 5, 10_000] {
      let input = [UInt8](repeating: 0, count: length)
      let finding = input.withUnsafeBytes(harness.check)
      #expect((finding == nil) == (length < 16 * 9 - 15), "\(length) bytes: \(finding ?? "holds")")
    }
  }

  @Test("The words of its dictionary are commands")
  func words() {
    let words = Self.harness.words
    #expect(!words.isEmpty && words.allSatisfy { $0.count == 16 })
    #expect(Set(words).count == words.count)
  }
}
