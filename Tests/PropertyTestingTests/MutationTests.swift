import Testing

@testable import PropertyTesting

/// What a fuzzer asks of mutations and the search does not.
@Suite("Mutations") struct MutationTests {
  /// Two things that are created and ended, and something beside them.
  private static let testCase = {
    func record(_ value: UInt64, _ slot: UInt64, _ role: Role) -> Record {
      Record(
        width: 8,
        choices: [
          Choice(value: value, bound: 100, role: .shape), Choice(value: slot, bound: 4, role: role),
          Choice(value: 50, bound: 1000),
        ])
    }
    return TestCase(records: [
      Record(width: 8, choices: [Choice(value: 3, bound: 10)]),
      record(1, 0, .defines(0)), record(1, 1, .defines(0)), record(2, 0, .uses(0)),
      record(9, 0, .plain), record(3, 0, .ends(0)), record(3, 1, .ends(0)),
    ])
  }()

  private static func apply(_ mutation: Mutation, seed: UInt64) -> TestCase {
    var numbers = RandomNumbers(seed: seed)
    var choices = mutation.choices(from: testCase, and: testCase, atMost: 50, &numbers)
    // Replays whatever was left, with the same bounds and roles.
    _ = choices.record(bytes: 8) { $0.integer(below: 10) }
    while choices.hasMoreRecords() {
      choices.record(bytes: 8) { choices in
        let kind = choices.integer(below: 100, role: .shape)
        let roles: [Role] = [.plain, .defines(0), .uses(0), .ends(0)]
        let role = kind < 4 ? roles[Int(kind)] : .plain
        _ = choices.integer(below: 4, role: role)
        _ = choices.integer(below: 1000)
      }
    }
    return choices.recorded
  }

  @Test("Erasing takes out what was created together with its uses and its end, and nothing else")
  func erase() {
    var lengths: Set<Int> = []
    for seed: UInt64 in 0..<20 {
      let erased = Self.apply(.erase, seed: seed)
      let rest = Self.testCase.records.filter { record in
        let choices = record.choices
        return choices.count == 1 || choices[1].role == .plain
          || choices[1].value == (erased.length == 3 ? 1 : 0)
      }
      #expect(
        erased.records.map { $0.choices.map(\.value) } == rest.map { $0.choices.map(\.value) })
      lengths.insert(erased.length)
    }
    #expect(lengths == [3, 4], "one thing has three commands, the other two")
  }

  @Test("Tweaking changes one value, within its bound, and comes to the ends of the range")
  func tweak() {
    var values: Set<UInt64> = []
    for seed: UInt64 in 0..<400 {
      let tweaked = Self.apply(.tweak, seed: seed)
      #expect(tweaked.length == Self.testCase.length)
      var changes = 0
      for (mine, its) in zip(tweaked.records, Self.testCase.records) {
        for (new, old) in zip(mine.choices, its.choices) where new.value != old.value {
          changes += 1
          #expect(new.value < new.bound)
          if new.bound == 1000 { values.insert(new.value) }
        }
      }
      #expect(changes <= 1)
    }
    #expect(values.isSuperset(of: [0, 49, 51, 999]))
  }

  @Test("The mutations of a fuzzer are those of the search and more")
  func weights() {
    #expect(Mutation.searching.count == Mutation.allCases.count)
    #expect(Mutation.fuzzing.count == Mutation.allCases.count)
    var numbers = RandomNumbers(seed: 1)
    var drawn: Set<Mutation> = []
    for _ in 0..<2000 { drawn.insert(Mutation.draw(&numbers, Mutation.fuzzing)) }
    #expect(drawn == Set(Mutation.allCases))
  }
}
