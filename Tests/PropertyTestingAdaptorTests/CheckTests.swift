import PropertyTesting
import PropertyTestingAdaptor
import Synchronization
import Testing

/// Runs a body that should record issues, and answers their texts.
private func issues(_ body: () -> Void) -> [(text: String, line: Int?)] {
  let seen = Mutex<[(text: String, line: Int?)]>([])
  withKnownIssue {
    body()
  } matching: { issue in
    let text = issue.comments.map(\.rawValue).joined(separator: "\n")
    seen.withLock { $0.append((text, issue.sourceLocation?.line)) }
    return true
  }
  return seen.withLock { $0 }
}

/// A number that can be raised to nine, and that a machine says is below a limit.
private func machine(below limit: Int) -> StateMachine<Int, Int> {
  StateMachine(model: { 0 }, system: { 0 }) { machine in
    machine.command(
      "raise", require: { $0 < 9 }, run: { $0 += 1 }, update: { model, _ in model += 1 })
    machine.command(
      "reset", run: { $0 = 0 }, update: { model, _ in model = 0 },
      ensure: { step in limit < 9 && step.before == 3 ? "it was three" : nil })
    machine.invariant("below \(limit)") { _, number in number < limit ? nil : "\(number)" }
    machine.notes { model, notes in if model == 9 { notes.label("nine") } }
  }
}

@Suite("The adaptor for Swift Testing")
struct CheckTests {
  @Test("What holds records nothing")
  func passes() {
    check(machine(below: 10), required: ["nine"], failures: .off)
    check(Generator<Int>.integer.array(), failures: .off) { $0.sorted().count == $0.count }
  }

  @Test("Each way to fail is one issue, at the line of the check")
  func findings() throws {
    let line = #line + 1
    let seen = issues { check(machine(below: 7), failures: .off) }
    #expect(seen.count == 2)
    #expect(seen.allSatisfy { $0.line == line })
    #expect(seen.count { $0.text.contains("it was three") } == 1)
    #expect(seen.count { $0.text.contains("“below 7”") } == 1)
  }

  @Test("An issue holds the program, the statistics, the seed and how to run it again")
  func text() throws {
    let seen = issues { check(machine(below: 2), programs: 40, seed: 17, failures: .off) }
    let text = try #require(seen.first?.text)
    #expect(text.contains("raise()\n✗ raise()\n| invariant “below 2” of raise: 2\n"))
    #expect(text.contains("40 programs, 0 discarded"))
    #expect(text.contains("PROPERTY_TESTING_SEED=17 PROPERTY_TESTING_PROGRAMS=40"))
    #expect(text.contains("swift test --filter text"))
    #expect(text.contains("try machine.failure("))
  }

  @Test("A value for which something does not hold is told, the simplest")
  func values() throws {
    let seen = issues {
      check(Generator<Int>.integer.array(), failures: .off) { array in array.allSatisfy { $0 < 100 }
      }
    }
    #expect(try #require(seen.first).text.contains("does not hold"))
    #expect(try #require(seen.first).text.contains("\n[100]\n"))
  }

  @Test("An error is a failure of its own kind")
  func errors() throws {
    struct Odd: Error {}
    let seen = issues {
      check(Generator<Int>.uniform(in: 0...9), failures: .off) { value in
        if value % 2 == 1 { throw Odd() }
        return value < 8
      }
    }
    #expect(seen.count == 2)
    #expect(seen.contains { $0.text.hasPrefix("throws Odd") && $0.text.contains("\n1\n") })
    #expect(seen.contains { $0.text.hasPrefix("does not hold") && $0.text.contains("\n8\n") })
  }

  @Test("A required label that is not reached is an issue")
  func coverage() throws {
    let seen = issues {
      check(Generator<Int>.uniform(in: 0...9), required: ["small", "large"], failures: .off) {
        value, notes in
        notes.label(value < 100 ? "small" : "large")
        return true
      }
    }
    #expect(seen.count == 1)
    #expect(try #require(seen.first).text.contains("no program reached “large”"))
    #expect(try #require(seen.first).text.contains("100 % of the programs: small"))
  }

  @Test("A check that discards most values is an issue")
  func health() throws {
    let seen = issues {
      check(Generator<Int>.uniform(in: 0...999), failures: .off) { value in
        if value > 9 { throw Discard() }
        return true
      }
    }
    #expect(seen.count == 1)
    #expect(try #require(seen.first).text.contains("programs were discarded"))
  }

  @Test("The environment says otherwise which programs are run, where it says something")
  func environment() {
    let search = Search(seed: 1, programs: 100)
    let other = search.overridden(
      by: ["PROPERTY_TESTING_SEED": "7", "PROPERTY_TESTING_PROGRAMS": "20"])
    #expect(other.seed == 7)
    #expect(other.programs == 20)
    let same = search.overridden(
      by: ["PROPERTY_TESTING_SEED": "x", "PROPERTY_TESTING_PROGRAMS": "0"])
    #expect(same.seed == 1)
    #expect(same.programs == 100)
    // Nobody should believe that it was heeded.
    #expect(Search.problems(in: ["PROPERTY_TESTING_SEED": "7"]) == [])
    let wrong = ["PROPERTY_TESTING_SEED": "x", "PROPERTY_TESTING_PROGRAMS": "0"]
    #expect(Search.problems(in: wrong).count == 2)
  }
}
