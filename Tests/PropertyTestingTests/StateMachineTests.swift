import PropertyTesting
import Testing

@Suite("State machines")
struct StateMachineTests {
  /// The first program that fails, made small, as it is told.
  static func minimum<Model, System: ~Copyable>(
    of machine: StateMachine<Model, System>
  ) throws -> (failure: MachineFailure, text: String) {
    let report = machine.run(Search(programs: 1000))
    let minimum = try #require(report.findings.first)
    return (minimum.fingerprint, "\(machine.transcript(of: minimum.testCase))")
  }

  @Test("A machine in which all holds passes")
  func passes() {
    let report = Counter.machine(nil).run()
    #expect(report.isPassed, "\(report)")
    #expect(report.statistics.commands["add"] > 1000)
  }

  @Test("A postcondition that does not hold is told with its evidence at the failing step")
  func postcondition() throws {
    let (failure, text) = try Self.minimum(of: Counter.machine(.postcondition))
    #expect(failure == MachineFailure(.postcondition, after: "add"))
    #expect(
      text == """
        ✗ add(3) → 4
        | postcondition of add: 0 + 3 is not that
        """)
  }

  @Test("An invariant is asked after every step")
  func invariant() throws {
    let (failure, text) = try Self.minimum(of: Counter.machine(.invariant))
    #expect(failure == MachineFailure(.invariant("it is never below zero"), after: "reset"))
    #expect(
      text == """
        add(2) → 2
        add(4) → 6
        ✗ reset()
        | invariant “it is never below zero” of reset: it is -1
        """)
  }

  @Test("An invariant is asked before the first step")
  func invariantAtStart() throws {
    let machine = StateMachine(model: { 1 }, system: { 0 }) { machine in
      machine.command("nothing", run: { _ in })
      machine.invariant("alike") { $0 == $1 ? nil : "\($0) is not \($1)" }
    }
    let (failure, text) = try Self.minimum(of: machine)
    #expect(failure == MachineFailure(.invariant("alike")))
    #expect(text == "| invariant “alike”: 1 is not 0")
  }

  @Test("A teardown that fails counts, and shrinks to the steps that it needs")
  func teardown() throws {
    let (failure, text) = try Self.minimum(of: Counter.machine(.teardown))
    #expect(failure == MachineFailure(.teardown("it leaves nothing behind")))
    #expect(
      text == """
        add(3) → 3
        add(4) → 7
        | teardown “it leaves nothing behind”: 7 left
        """)
  }

  @Test("The evidence is no part of how a program fails")
  func fingerprint() {
    let report = Counter.machine(.teardown).run()
    #expect(report.findings.count == 1)
    let others = (0..<200).compactMap { seed in
      Counter.machine(.teardown).property.run(seed: seed)
    }
    let texts = others.map { "\(Counter.machine(.teardown).transcript(of: $0.testCase))" }
    #expect(Set(others.map(\.fingerprint)).count == 1)
    #expect(Set(texts.map { $0.split(separator: "\n").last }).count > 1)
  }

  @Test("A step whose precondition does not hold is skipped, told and counted")
  func skipping() throws {
    let machine = Counter.machine(nil)
    let testCase = try machine.parse("add(4)\nadd(4)\nadd(4)\nreset()")
    #expect(
      "\(machine.transcript(of: testCase))" == """
        add(4) → 4
        add(4) → 8
        - add(4)
        reset()
        """)
    let notes = machine.property.evaluate(testCase).notes
    #expect(notes.commands == ["add", "add", "reset"])
    #expect(notes.refusals == ["add"])
  }

  @Test("A step that is drawn again where it cannot be done leaves no trace in the case")
  func drawnAgain() {
    let property = Counter.machine(nil).property
    for seed in 0..<200 as Range<UInt64> {
      var silent = Choices(seed: seed, maximumLength: 50)
      let evaluation = property.evaluate(Choices(seed: seed, maximumLength: 50, recording: true))
      let plain = property.evaluate(silent)
      #expect(evaluation.notes.commands == plain.notes.commands)
      #expect(evaluation.notes.states == plain.notes.states)
      #expect(property.evaluate(evaluation.testCase).testCase == evaluation.testCase)
      #expect(property.evaluate(evaluation.testCase).notes.commands == plain.notes.commands)
      silent = Choices(bytes: evaluation.testCase.encoded().bytes, recording: true)
      #expect(property.evaluate(silent).testCase == evaluation.testCase)
    }
  }

  @Test("Every run has a model and a system of its own")
  func fresh() {
    let property = Counter.machine(.invariant).property
    let all = (0..<100).map { property.run(seed: $0)?.fingerprint }
    #expect((0..<100).map { property.run(seed: $0)?.fingerprint } == all)
  }

  @Test("Swarm weights leave commands out of some programs and not of others")
  func swarm() {
    let property = Counter.machine(nil).property
    let programs = (0..<200).map { seed in
      property.evaluate(Choices(seed: seed, maximumLength: 50)).notes.commands
    }.filter { $0.count >= 20 }
    #expect(programs.contains { !$0.contains("reset") })
    #expect(programs.contains { !$0.contains("add") })
    #expect(programs.contains { $0.contains("add") && $0.contains("reset") })
  }

  @Test("A queue that grows wrongly shrinks to seven steps")
  func queue() throws {
    let (_, text) = try Self.minimum(of: queueMachine)
    #expect(
      text == """
        push(0)
        push(0)
        pop() → 0
        push(1)
        push(0)
        pop() → 0
        ✗ pop() → 0
        | postcondition of pop: the oldest was 1
        """)
  }

  @Test("A name that its line would hide, and a machine of no weight, are refused at once")
  func refused() async {
    await #expect(processExitsWith: .failure) {
      _ = StateMachine(model: { 0 }, system: { 0 }) { machine in
        machine.command("#add", run: { _ in }, update: { _, _ in })
      }
    }
    await #expect(processExitsWith: .failure) {
      let machine = StateMachine(model: { 0 }, system: { 0 }) { machine in
        machine.command("add", weight: 0, run: { _ in }, update: { _, _ in })
      }
      _ = machine.run()
    }
  }

  @Test("The greatest weight is a weight, and small numbers name states of their own")
  func extremes() {
    let machine = StateMachine(model: { UInt64(0) }, system: { 0 }) { machine in
      machine.command("add", weight: .max, run: { _ in }, update: { model, _ in model += 1 })
      machine.notes { model, notes in notes.visit(model) }
    }
    let report = machine.run(Search(programs: 50))
    #expect(report.isPassed)
    #expect(report.statistics.states > 20)
  }
}
