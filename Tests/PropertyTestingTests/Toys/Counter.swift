import PropertyTesting

/// A number of at most nine that counts up and down; one thing may be wrong with it.
struct Counter: ~Copyable {
  enum Bug: Sendable { case postcondition, invariant, teardown }

  let bug: Bug?
  private(set) var value = 0

  init(bug: Bug?) { self.bug = bug }

  mutating func add(_ number: Int) -> Int {
    value += bug == .postcondition && number == 3 ? 4 : number
    return value
  }

  mutating func reset() {
    if bug == .invariant && value > 5 { value = -1 } else { value = 0 }
  }

  /// What is left behind.
  func close() -> Int { bug == .teardown && value >= 7 ? value : 0 }

  static func machine(_ bug: Bug?) -> StateMachine<Int, Counter> {
    StateMachine(model: { 0 }, system: { Counter(bug: bug) }) { machine in
      machine.command(
        "add", Generator<Int>.uniform(in: 0...4),
        require: { model, number in model + number <= 9 },
        run: { counter, number in counter.add(number) },
        update: { model, number, _ in model += number },
        ensure: { step, number in
          step.answer == step.before + number ? nil : "\(step.before) + \(number) is not that"
        })
      machine.command("reset", run: { $0.reset() }, update: { model, _ in model = 0 })
      machine.invariant("it is never below zero") { _, counter in
        counter.value < 0 ? "it is \(counter.value)" : nil
      }
      machine.teardown("it leaves nothing behind") { _, counter in
        counter.close() == 0 ? nil : "\(counter.close()) left"
      }
      machine.notes { model, notes in
        notes.label(model == 9 ? "full" : model == 0 ? "empty" : "between")
        notes.visit([model])
      }
    }
  }
}
