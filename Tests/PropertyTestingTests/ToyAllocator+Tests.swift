import PropertyTesting
import Testing

@Suite("Three bugs of a toy allocator")
struct ToyAllocatorTests {
  /// What is found from a seed on, and what it shrinks to.
  static func shrunk(
    _ bug: ToyAllocator.Bug, from seed: UInt64
  ) throws -> (finding: Finding<ToyAllocator.Failure>, result: ShrinkResult) {
    let property = ToyMachine.property(bug)
    let first = seed * 10_000
    let finding = try #require(property.firstFinding(in: first..<(first + 4000)))
    return (finding, try #require(property.shrink(finding)))
  }

  @Test("Without a bug nothing is found")
  func correct() {
    #expect(ToyMachine.property(nil).firstFinding(in: 0..<1000) == nil)
  }

  @Test("A refill of three granules shrinks to one allocation", arguments: 1...20 as ClosedRange)
  func refill(seed: UInt64) throws {
    let (finding, result) = try Self.shrunk(.refill, from: seed)
    #expect(finding.fingerprint == .refusedByRefill)
    #expect(ToyMachine.text(result.testCase) == "A 0 0 8193")
    #expect(result.evaluations <= 40)
  }

  @Test("A forgotten third region shrinks to three allocations", arguments: 1...20 as ClosedRange)
  func teardown(seed: UInt64) throws {
    let (finding, result) = try Self.shrunk(.teardown, from: seed)
    #expect(finding.fingerprint == .leaksRegion)
    #expect(ToyMachine.text(result.testCase) == "A 0 0 0, A 0 0 2049, A 0 0 2049")
    #expect(result.evaluations <= 120)
  }

  @Test("A merge from a right half shrinks to six commands", arguments: 1...20 as ClosedRange)
  func merge(seed: UInt64) throws {
    let (finding, result) = try Self.shrunk(.merge, from: seed)
    #expect(finding.fingerprint == .freeBlockIsMisaligned)
    #expect(
      ToyMachine.text(result.testCase) == "A 0 0 0, A 0 0 0, A 1 0 0, A 2 0 0, F 1, F 0")
    #expect(result.evaluations <= 700)
  }

  @Test("A start that ends in a local minimum reaches six commands from another failing seed")
  func restart() throws {
    let property = ToyMachine.property(.merge)
    let finding = try #require(property.run(seed: 4_100_195))
    let stuck = try #require(property.shrink(finding))
    let result = try #require(
      property.shrink(finding, restartingFrom: 4_100_196..<4_105_000, restarts: 2))
    #expect(stuck.testCase.length > 6)
    #expect(result.testCase.length == 6)
    #expect(result.evaluations > stuck.evaluations)
  }
}
