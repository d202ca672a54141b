// The example of the article “Write your first stateful property”. What stands between two markers
// is a block of code there, and a test keeps both alike.

import PropertyTesting

// article: system
/// A queue in a ring of slots that doubles when it is full.
struct GrowingQueue {
  private var ring = [0, 0]
  private var head = 0
  private(set) var count = 0

  mutating func push(_ value: Int) {
    if count == ring.count { grow() }
    ring[(head + count) % ring.count] = value
    count += 1
  }

  mutating func pop() -> Int? {
    guard count > 0 else { return nil }
    defer {
      head = (head + 1) % ring.count
      count -= 1
    }
    return ring[head]
  }

  private mutating func grow() {
    ring += Array(repeating: 0, count: ring.count)
  }
}
// article: end

// article: machine
let queueMachine = StateMachine(model: { [Int]() }, system: { GrowingQueue() }) { machine in
  machine.command(
    "push", Generator<Int>.integer(in: -100...100),
    run: { queue, value in queue.push(value) },
    update: { model, value, _ in model.append(value) })
  machine.command(
    "pop",
    require: { model in !model.isEmpty },
    run: { queue in queue.pop() },
    update: { model, _ in model.removeFirst() },
    ensure: { step in
      step.answer == step.before[0] ? nil : "the oldest was \(step.before[0])"
    })
  machine.invariant("the queue counts what it holds") { model, queue in
    queue.count == model.count ? nil : "it says \(queue.count), not \(model.count)"
  }
}
// article: end

// article: labels
/// The same machine, telling how long the queues get.
let labelledQueueMachine = {
  var machine = queueMachine
  machine.notes { model, notes in
    if model.isEmpty { notes.label("empty") }
    if model.count > 4 { notes.label("grew twice") }
  }
  return machine
}()
// article: end
