import PropertyTesting
import Testing

/// A case of bare numbers, the first row the configuration.
func makeCase(_ rows: [UInt64]...) -> TestCase {
  TestCase(records: rows.map { Record(width: 8, choices: $0.map { Choice(value: $0) }) })
}

@Suite("Test cases")
struct TestCaseTests {
  @Test("Fewer commands come first, then fewer choices, then lower ones, the configuration last")
  func order() {
    let sorted = [
      makeCase([9]), makeCase([0, 0]), makeCase([0], [9]), makeCase([0], [0], [5]),
      makeCase([1], [0], [5]), makeCase([0, 0], [0], [5]), makeCase([0], [1], [0]),
      makeCase([0], [0], [5, 0]), makeCase([0], [0, 1], [0]),
    ]
    for (index, simpler) in sorted.enumerated() {
      #expect(!(simpler < simpler))
      for other in sorted[(index + 1)...] {
        #expect(simpler < other)
        #expect(!(other < simpler))
      }
    }
  }

  @Test("A lifetime lasts from the creation to the next creation in the same slot")
  func lifetimes() {
    func record(_ roles: (Role, UInt64)...) -> Record {
      Record(width: 8, choices: roles.map { Choice(value: $0.1, role: $0.0) })
    }
    let testCase = TestCase(records: [
      Record(width: 1),
      record((.uses(0), 1)), record((.defines(0), 1)), record((.defines(1), 1)),
      record((.uses(0), 1), (.uses(1), 1)), record((.ends(0), 1)), record((.uses(0), 1)),
      record((.uses(0), 1), (.defines(0), 1)), record((.ends(1), 1)),
    ])
    let lifetimes = testCase.lifetimes()
    #expect(lifetimes.map(\.records) == [[2, 4, 5, 6, 7], [3, 4, 8], [7]])
    #expect(lifetimes.map(\.end) == [5, 8, nil])
    #expect(lifetimes.map(\.space) == [0, 1, 0])
  }
}
