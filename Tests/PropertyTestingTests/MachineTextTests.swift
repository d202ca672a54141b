import PropertyTesting
import Testing

@Suite("Machines as text")
struct MachineTextTests {
  /// How many of some random cases need no numbers behind any line; all must come back as they
  /// were.
  private static func roundTrip<Model, System: ~Copyable>(
    _ machine: StateMachine<Model, System>
  ) throws -> Int {
    var inWords = 0
    for seed in 0..<100 as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 30, recording: true)
      let evaluation = machine.property.run(&choices)
      let text = machine.text(of: evaluation.testCase)
      #expect(try machine.parse(text) == evaluation.testCase, "\(text)")
      let transcript = "\(machine.transcript(of: evaluation.testCase))"
      #expect(try machine.parse(transcript) == evaluation.testCase, "\(transcript)")
      if !text.contains("«") { inWords += 1 }
    }
    return inWords
  }

  @Test("A random case is printed and read back the same")
  func random() throws {
    #expect(try Self.roundTrip(Counter.machine(nil)) == 100)
    #expect(try Self.roundTrip(queueMachine) == 100)
    #expect(try Self.roundTrip(SnapshotStore.machine) == 100)
    #expect(try Self.roundTrip(CollidingMap.machine(modulus: 100)) == 100)
    #expect(try Self.roundTrip(Awkward.machine) < 100)
  }

  @Test("Only what the words do not say is told by numbers")
  func awkward() throws {
    let text = """
      start(Settings(capacity: 3, isStrict: true))
      a = open(B)
      b = move(n1, C)
      flag(true, -3) «4 1 1 6»
      write(a, [1, -1]) «2 0 1 1 1 2 0»
      say("a \\u{2192} b") «3 1»
      big(18446744073709551615, -128)
      """
    let testCase = try Awkward.machine.parse(text)
    #expect(Awkward.machine.text(of: testCase) == text)
    #expect(testCase.records[2].choices.map(\.value) == [1, 39, 1, 2])
  }

  @Test("Words that are not what the numbers behind them mean are an error, and so is the unknown")
  func errors() {
    #expect(throws: MachineTextError.unknownCommand(line: "shut(a)")) {
      try Awkward.machine.parse("shut(a)")
    }
    #expect(throws: MachineTextError.unreadable(line: "odd(4)")) {
      try Awkward.machine.parse("odd(4)")
    }
    #expect(throws: MachineTextError.unreadable(line: "flag(maybe, nil)")) {
      try Awkward.machine.parse("flag(maybe, nil)")
    }
    let line = "write(a, [2]) «2 0 1 1 0»"
    #expect(throws: MachineTextError.changed(line: line, now: "write(a, [1])")) {
      try Awkward.machine.parse(line)
    }
  }

  @Test("A text that says nothing, or not once what to start from, is an error and no pass")
  func vacuous() throws {
    let counter = Counter.machine(.invariant)
    for text in ["", "\n", "# a story\r\n"] {
      #expect(throws: MachineTextError.empty) { try counter.failure(replaying: text) }
    }
    #expect(try counter.failure(replaying: "start()") == nil)
    #expect(try counter.failure(replaying: "# a story\r\nadd(2)\r\nadd(4)\r\nreset()\r\n") != nil)
    #expect(throws: MachineTextError.noSingleStart) { try Awkward.machine.parse("big(0, 0)") }
    let start = "start(Settings(capacity: 3, isStrict: true))"
    #expect(throws: MachineTextError.noSingleStart) {
      try Awkward.machine.parse(start + "\n" + start)
    }
    #expect(throws: MachineTextError.self) {
      try SnapshotStore.machine.parse("release(a354745078340568300)")
    }
  }

  @Test("A replay tells what fails, and nothing where nothing does")
  func replay() throws {
    let program = "add(2)\nadd(4)\nreset()"
    #expect(try Counter.machine(nil).failure(replaying: program) == nil)
    let failure = try Counter.machine(.invariant).failure(replaying: program)
    #expect(failure?.hasSuffix("| invariant “it is never below zero” of reset: it is -1") == true)
  }

  /// ``PrintedExampleTests`` holds what this prints, so that a compiler has seen it.
  @Test("A counterexample is printed as a test in Swift")
  func source() throws {
    let text = """
      push(0)
      push(0)
      pop()
      push(1)
      push(0)
      pop()
      pop()
      """
    let source = queueMachine.testSource(
      of: try queueMachine.parse(text), machine: "repairedQueueMachine")
    // The machine there is repaired; its test is the same.
    let committed = try lines(
      of: "PrintedExampleTests.swift", between: "// printed", and: "// end")
    #expect(source == committed.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
  }

  @Test("A literal that holds quotes and backslashes gets as many number signs as it needs")
  func fences() throws {
    let machine = StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command("say", Generator<Odd>.just(Odd()), run: { _, _ in })
    }
    let source = machine.testSource(of: try machine.parse("say(\\##(\"\"\"#)"))
    #expect(source.contains("replaying: ###\"\"\"\n"))
    #expect(source.contains("\n        \"\"\"###) == nil)"))
  }

  private struct Odd: CustomStringConvertible {
    var description: String { "\\##(\"\"\"#" }
  }
}
