import PropertyTesting
import Testing

/// The queue of the article with its mistake repaired: what it holds is put in order before it
/// grows.
private struct RepairedQueue {
  private var ring = [0, 0]
  private var head = 0
  private(set) var count = 0

  mutating func push(_ value: Int) {
    if count == ring.count {
      ring = Array(ring[head...] + ring[..<head]) + Array(repeating: 0, count: ring.count)
      head = 0
    }
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
}

private let repairedQueueMachine = StateMachine(
  model: { [Int]() }, system: { RepairedQueue() }
) { machine in
  machine.command(
    "push", Generator<Int>.integer(in: -100...100),
    run: { queue, value in queue.push(value) },
    update: { model, value, _ in model.append(value) })
  machine.command(
    "pop",
    require: { model in !model.isEmpty },
    run: { queue in queue.pop() },
    update: { model, _ in model.removeFirst() },
    ensure: { step in step.answer == step.before[0] ? nil : "the oldest was \(step.before[0])" })
}

/// A counterexample as it was printed, in the test that it became.
@Suite("A printed counterexample")
struct PrintedExampleTests {
  // printed
  @Test func replay() throws {
    #expect(
      try repairedQueueMachine.failure(
        replaying: #"""
          push(0)
          push(0)
          pop()
          push(1)
          push(0)
          pop()
          pop()
          | postcondition of pop
          """#) == nil)
  }
  // end

  @Test("The repaired queue holds in other programs too")
  func repaired() {
    let report = repairedQueueMachine.run()
    #expect(report.isPassed, "\(report)")
  }
}
