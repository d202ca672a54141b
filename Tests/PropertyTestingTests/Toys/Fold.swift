import PropertyTesting

/// Many numbers and texts folded into one number, in order.
struct Fold {
  private(set) var value: UInt64 = 0

  mutating func add(_ number: UInt64) {
    var numbers = RandomNumbers(seed: value ^ number)
    value = numbers.next()
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(UInt64(text.utf8.count))
  }
}

extension ShrinkSubject {
  /// What shrinking makes of the cases of three seeds, and what each pass did for it.
  var fold: UInt64 {
    var fold = Fold()
    for seed in 1..<4 as Range<UInt64> {
      guard let found = found(seed), let result = shrink(found, Shrinker()) else { continue }
      for word in result.testCase.key { fold.add(word) }
      for tally in result.tallies {
        fold.add(UInt64(tally.tried))
        fold.add(UInt64(tally.succeeded))
      }
    }
    return fold.value
  }

  /// All subjects, and the reports of two searches.
  static var allFolds: [(name: String, fold: UInt64)] {
    func fold(_ report: Report<MachineFailure>) -> UInt64 {
      var fold = Fold()
      fold.add("\(report)")
      return fold.value
    }
    let search = Search(seed: 3, programs: 200)
    return all.map { ($0.name, $0.fold) } + [
      ("search, queue", fold(queueMachine.run(search))),
      ("search, counter", fold(Counter.machine(.invariant).run(search))),
    ]
  }
}
