import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@testable import on_target

@Suite("What goes to the target and back")
struct WordsTests {
  @Test("Outcomes are read back, and nothing else is")
  func outcomesComeBack() throws {
    var words: [UInt64] = [OutcomeCode.skipped, 0, 0, 0, 0]
    words += [OutcomeCode.address, 1, 0, 2, 0, OutcomeCode.address, 1, 1, 2, 0]
    words += [OutcomeCode.unmapped, 3, 4, 0, 0]
    words += [OutcomeCode.failed, 19, 0xC600_0003, 12, UInt64(bitPattern: -3), 0]
    var reader = AnswerReader(words)
    #expect(try reader.outcome() == .skipped)
    #expect(try reader.outcome() == .address(PhysicalAddress(1), nil))
    #expect(try reader.outcome() == .address(PhysicalAddress(1), VirtualAddress(2)))
    #expect(try reader.outcome() == .unmapped(MMIOReport(unmapped: 3, stillMapped: 4)))
    #expect(
      try reader.outcome()
        == .failed(.hypercallFailed(function: 0xC600_0003, address: 12, answer: -3)))
    #expect(reader.isAtEnd)
    var garbled = AnswerReader([99, 0, 0, 0, 0])
    #expect(throws: TargetFailure.garbled) { try garbled.outcome() }
    var short = AnswerReader([OutcomeCode.done])
    #expect(throws: TargetFailure.garbled) { try short.outcome() }
  }

  @Test("No two hypervisors have the same manners but those that differ in none")
  func mannersDiffer() {
    let words = Backend.all.map(\.behaviour.manners)
    #expect(Set(words).count == Backend.all.count)
  }

  @Test("Machines move to the target's memory with a start as ragged as it was")
  func machinesMove() throws {
    var machine = Configuration()
    machine.arenaStart += 17
    let moved = try #require(machine.onTarget(granule: 4096))
    #expect(moved.arenaStart == 0x4600_0011)
    #expect(moved.onTarget(granule: 4096) == moved)
    #expect(machine.onTarget(granule: 65536) == nil)
    machine.arenaSize = 8 << 20
    #expect(machine.onTarget(granule: 4096) == nil)
  }

  @Test("Bytes of different origin differ")
  func originsDiffer() {
    let origins: [ByteOrigin] = [.zero, .secret, .payload(1), .payload(2), .host(1), .host(2)]
    #expect(Set(origins.map(\.byte)).count == origins.count)
    for id in 0..<1000 as Range<UInt32> {
      #expect(ByteOrigin.payload(id).byte >= 0x80 && ByteOrigin.payload(id).byte < 0xE0)
      #expect(ByteOrigin.host(id).byte >= 0xE0)
    }
  }
}
