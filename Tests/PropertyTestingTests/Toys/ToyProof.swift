import PropertyTesting

extension ToyMachine {
  /// Whether no program of fewer commands shows a bug, by trying all of an alphabet.
  ///
  /// Sizes are the least and the greatest of each class that the allocator tells apart: 1, every
  /// power of two and one more, and three granules, as far as the bug is about them. Slots are
  /// named in the order of their first use, since nothing but a name tells one from another.
  static func proof(of bug: KnownBug, budget: Int) -> ProofResult {
    let all: [UInt64] = [1, 12288] + (6...14).flatMap { [1 << $0, (1 << $0) + 1] }
    let sizes = all.filter { $0 <= bug.largest }
    return Prover(budget: budget).prove(below: bug.length, keeping: bug.failure) { choices, _ in
      trial(&choices, bug.bug, sizes)
    }
  }

  private static func trial(
    _ choices: inout Choices, _ bug: ToyAllocator.Bug, _ sizes: [UInt64]
  ) -> Trial<ToyAllocator.Failure> {
    choices.record(bytes: 1) { _ in }
    var allocator = ToyAllocator(bug: bug)
    var held: [ToyAllocator.Block?] = []
    var step = 0
    while choices.hasMoreRecords() {
      step += 1
      do throws(ToyAllocator.Thrown) {
        let didSomething = try choices.record(bytes: 8) { (choices) throws(ToyAllocator.Thrown) in
          try play(&choices, &allocator, &held, sizes)
        }
        // What frees nothing leaves all as it is in the program without it, which is shorter.
        if !didSomething { return Trial(fingerprint: nil, relevance: .commands(step)) }
      } catch {
        return Trial(fingerprint: error.failure, relevance: .commands(step))
      }
    }
    do throws(ToyAllocator.Thrown) {
      try allocator.tearDown()
      return Trial(fingerprint: nil)
    } catch {
      return Trial(fingerprint: error.failure)
    }
  }

  /// Plays one command and says whether it did something.
  private static func play(
    _ choices: inout Choices, _ allocator: inout ToyAllocator,
    _ held: inout [ToyAllocator.Block?], _ sizes: [UInt64]
  ) throws(ToyAllocator.Thrown) -> Bool {
    if choices.integer(below: 2) == 0 {
      let slot = Int(choices.integer(below: UInt64(held.count + 1)))
      if slot == held.count { held.append(nil) }
      let size = sizes[Int(choices.integer(below: UInt64(sizes.count)))]
      held[slot] = try allocator.allocate(size, alignment: 1)
      return true
    }
    guard !held.isEmpty else { return false }
    let slot = Int(choices.integer(below: UInt64(held.count)))
    guard let block = held[slot] else { return false }
    held[slot] = nil
    try allocator.free(block)
    return true
  }
}
