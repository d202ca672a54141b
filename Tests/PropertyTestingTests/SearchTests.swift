import PropertyTesting
import Testing

@Suite("The search")
struct SearchTests {
  @Test("Each way to fail is told once, with the simplest case that fails so")
  func findings() {
    let property = Property(of: Generator<Int>.uniform(in: 0...1000)) { value in
      value > 900 ? "large" : value > 100 ? "middle" : nil
    }
    let report = Search().run(property)
    #expect(report.findings.map(\.fingerprint).sorted() == ["large", "middle"])
    for minimum in report.findings {
      let value = minimum.testCase.records[0].choices[0].value
      #expect(value == (minimum.fingerprint == "large" ? 901 : 101))
      #expect(property.run(seed: minimum.original.seed!)?.fingerprint == minimum.fingerprint)
    }
    #expect(!report.isPassed)
  }

  @Test("It ends after as many ways to fail as it may find")
  func maximum() {
    var search = Search()
    search.maximumFindings = 2
    let property = Property(of: Generator<Int>.uniform(in: 0...1000)) { $0 }
    let report = search.run(property)
    #expect(report.findings.count == 2)
    #expect(report.statistics.programs == 2)
  }

  @Test("The same seed gives the same report, another seed another one")
  func determinism() {
    func report(_ seed: UInt64) -> Report<MachineFailure> {
      Counter.machine(.teardown).run(Search(seed: seed, programs: 100))
    }
    #expect("\(report(1))" == "\(report(1))")
    #expect(report(1).statistics == report(1).statistics)
    #expect(report(1).statistics != report(2).statistics)
  }

  @Test("Labels are counted by programs, commands by steps")
  func statistics() {
    let report = Counter.machine(nil).run(Search(programs: 100))
    let statistics = report.statistics
    #expect(statistics.programs == 100)
    #expect(statistics.labels["empty"] == 100)
    #expect((1...100).contains(statistics.labels["full"]))
    #expect(statistics.commands.names == ["add", "reset"])
    #expect(statistics.states == 10)
    #expect("\(report)".contains("100 % of the programs: empty"))
  }

  @Test("A search that reaches all that is required passes")
  func covered() {
    let report = Counter.machine(nil).run(Search(required: ["empty", "full"]))
    #expect(report.isPassed)
  }

  @Test("A search fails where a required state is out of reach, and says which")
  func uncovered() {
    var machine = Counter.machine(nil)
    machine.notes { model, notes in notes.label(model > 9 ? "overfull" : "fine") }
    let report = machine.run(Search(required: ["fine", "overfull"]))
    #expect(report.complaints == [.notReached(label: "overfull")])
    #expect(!report.isPassed)
    #expect("\(report)".contains("no program reached “overfull”"))
    #expect("\(report)".contains("100 % of the programs: fine"))
  }

  @Test("A search whose programs are mostly discarded fails early")
  func discards() {
    let even = Generator<Int>.uniform(in: 0...9999).filter { $0 % 100 == 0 }
    let report = Search().run(Property(of: even) { _ in true })
    #expect(report.findings.isEmpty)
    guard case .mostlyDiscarded(let discards, let programs)? = report.complaints.first else {
      Issue.record("no complaint")
      return
    }
    #expect(programs < 100)
    #expect(discards >= 50)
  }

  @Test("A search of few programs that ran nothing does not pass")
  func vain() {
    let none = Property(of: Generator<Int>.integer.filter { _ in false }) { _ in true }
    #expect(!Search(programs: 3).run(none).isPassed)
    let idle = StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command("never", require: { _ in false }, run: { _ in }, update: { _, _ in })
    }
    #expect(!Search(programs: 3).run(idle.property).isPassed)
  }

  @Test("A filter that turns down half of what it is offered is no complaint")
  func fewDiscards() {
    let even = Generator<Int>.uniform(in: 0...9999).filter { $0 % 2 == 0 }
    let report = Search().run(Property(of: even) { $0 % 2 == 0 })
    #expect(report.isPassed)
    #expect((1..<150).contains(report.statistics.discards))
  }

  @Test("A machine whose steps can seldom be done fails")
  func refusals() {
    let machine = StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command(
        "seldom", Generator<Int>.uniform(in: 0...99), require: { $1 == 50 }, run: { _, _ in })
    }
    let report = machine.run()
    guard case .mostlyRefused? = report.complaints.first else {
      Issue.record("no complaint")
      return
    }
  }

  @Test("A command that can never be done is a complaint")
  func neverRun() {
    let machine = StateMachine(model: { 0 }, system: { 0 }) { machine in
      machine.command("always", run: { _ in })
      machine.command("never", require: { $0 > 0 }, run: { _ in })
    }
    let report = machine.run()
    let refusals = report.statistics.refusals["never"]
    #expect(report.complaints == [.neverRun(command: "never", refusals: refusals)])
  }

  @Test("A case that fails once and then passes is a complaint, not a finding")
  func unstable() {
    let property = Property<Falsified>(maximumLength: 1) { choices in
      _ = choices.record(bytes: 1) { $0.bits(8) }
      return choices.isRecording && choices.bias(otherwise: false, drawing: { _ in true })
        ? Falsified() : nil
    }
    let report = Search().run(property)
    #expect(report.complaints == [.unstable(program: 1)])
    #expect(report.findings.isEmpty)
  }

  // MARK: - Where chance alone does not come

  /// A lock that opens after six right digits in a row; a wrong one sets it back.
  private static func lock(
    telling: @escaping @Sendable (Int, inout Notes) -> Void
  ) -> StateMachine<Int, Int> {
    let digits = [3, 14, 1, 5, 9, 2]
    return StateMachine(maximumLength: 12, model: { 0 }, system: { 0 }) { machine in
      machine.command(
        "turn", Generator<Int>.uniform(in: 0...15),
        run: { open, digit in open = digits[open] == digit ? open + 1 : 0 },
        update: { model, digit, _ in model = digits[model] == digit ? model + 1 : 0 },
        ensure: { step, _ in step.after == digits.count ? "it is open" : nil })
      machine.notes(telling)
    }
  }

  @Test("Building upon new states reaches what chance does not")
  func states() {
    let search = Search(seed: 0, programs: 3000)
    let blind = Self.lock { _, _ in }.run(search)
    #expect(blind.findings.isEmpty)
    let guided = Self.lock { model, notes in notes.visit([model]) }.run(search)
    #expect(guided.findings.count == 1)
  }

  @Test("A number to aim at reaches what chance does not")
  func aim() {
    let report = Self.lock { model, notes in notes.aim(Int64(model)) }.run(
      Search(seed: 0, programs: 3000))
    #expect(report.findings.count == 1)
    #expect(report.findings.first?.testCase.length == 6)
    #expect(report.statistics.bestScore == 5)
  }
}
