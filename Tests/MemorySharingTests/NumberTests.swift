import MemorySharing
import Testing

/// What addresses and orders are as numbers.
@Suite struct NumberTests {
  @Test("Addresses are ordered as their numbers are, of both kinds")
  func addresses() {
    let numbers = [0x1000, .max, 0, 1 << 63, 0xFFF] as [UInt64]
    #expect(numbers.map { PhysicalAddress($0) }.sorted().map(\.rawValue) == numbers.sorted())
    #expect(numbers.map { VirtualAddress($0) }.sorted().map(\.rawValue) == numbers.sorted())
    #expect(!(PhysicalAddress(7) < PhysicalAddress(7)))
  }

  @Test("An order is the logarithm of size or alignment in minimum blocks, whichever is more")
  func orders() {
    for order in 0...59 as ClosedRange<UInt64> {
      let block = BlockOrder(order)
      #expect(block.rawValue == order)
      #expect(BlockOrder(fitting: layout(16 << order), minimumShift: 4) == block)
      #expect(BlockOrder(fitting: layout(1, 16 << order), minimumShift: 4) == block)
    }
    #expect(BlockOrder(fitting: layout(17), minimumShift: 4) == BlockOrder(1))
    #expect(BlockOrder(fitting: layout(1), minimumShift: 4) == BlockOrder(0))
  }
}
