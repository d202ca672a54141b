import PropertyTesting

/// Programs of allocations and frees over eight slots.
enum ToyMachine {
  static let slots: UInt64 = 8

  static func property(_ bug: ToyAllocator.Bug?) -> Property<ToyAllocator.Failure> {
    Property(maximumLength: 50) { choices in
      do throws(ToyAllocator.Thrown) {
        try play(&choices, bug)
        return nil
      } catch {
        return error.failure
      }
    }
  }

  private static func play(
    _ choices: inout Choices, _ bug: ToyAllocator.Bug?
  ) throws(ToyAllocator.Thrown) {
    let base = choices.record(bytes: 1) { $0.integer(below: 16) }
    let kinds: Weights = choices.bias(otherwise: [1, 1]) {
      [[1, 1], [1, 1], [3, 1]][$0.pick(3)]
    }
    let sizes = choices.bias(otherwise: Palette?.none) { numbers in
      numbers.chance(7, outOf: 8) ? Palette(most: 2, &numbers, drawing: Self.size) : nil
    }
    let aligns = choices.bias(otherwise: true) { $0.chance(1, outOf: 4) }
    var allocator = ToyAllocator(bug: bug, base: base)
    var held = [ToyAllocator.Block?](repeating: nil, count: Int(slots))
    while choices.hasMoreRecords() {
      try choices.record(bytes: 8) { (choices) throws(ToyAllocator.Thrown) in
        if choices.index(weights: kinds, role: .shape) == 0 {
          let slot = choices.integer(below: slots, role: .defines(0))
          let shift = choices.integer(below: 13) {
            aligns && $0.chance(1, outOf: 3) ? $0.next(below: 13) : 0
          }
          let size = choices.magnitude { sizes?.draw(&$0) ?? Self.size(&$0) }
          held[Int(slot)] = try allocator.allocate(size, alignment: 1 << shift)
        } else {
          let slot = Int(choices.integer(below: slots, role: .ends(0)))
          if let block = held[slot] {
            held[slot] = nil
            try allocator.free(block)
          }
        }
      }
    }
    try allocator.tearDown()
  }

  private static func size(_ numbers: inout RandomNumbers) -> UInt64 {
    numbers.edgeBiased(
      upTo: numbers.chance(1, outOf: 2) ? 512 : 1 << 14, unit: ToyAllocator.granule)
  }

  /// A command as text: `A slot shift size` or `F slot`.
  static func text(_ testCase: TestCase) -> String {
    testCase.commands.map { command in
      let values = testCase.records[command].choices.map(\.value)
      return (values[0] == 0 ? "A" : "F") + values.dropFirst().map { " \($0)" }.joined()
    }.joined(separator: ", ")
  }
}

extension RandomNumbers {
  fileprivate mutating func pick(_ count: UInt64) -> Int { Int(next(below: count)) }
}
