import Testing

@testable import MemorySharing

@Suite struct RegionStackTests {
  @Test("A record takes the words that it was said to take, and gives them back")
  func sizes() throws {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
    defer { bytes.deallocate() }
    for granules in [0, 1, 63, 64, 65, 256, 1000] as [UInt64] {
      var stack = RegionStack(storage: bytes)
      let size = RegionStack.recordSize(granules: granules)
      #expect(size == ((granules + 63) / 64 + 3) * 8)
      _ = stack.push(range(0x1000, 0x1000), alignment: 16, granules: granules)
      #expect(UInt64(stack.end) * 8 == size)
      stack.pop()
      #expect(stack.end == 0)
    }
  }

  @Test("A state takes the place of the one before, and of nothing else")
  func states() {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { bytes.deallocate() }
    var stack = RegionStack(storage: bytes)
    let record = stack.push(range(0x8_0000, 0x3000), alignment: 1 << 13, granules: 3)
    stack.quarantine(2, of: record)
    for state in [.kept, .settled, .kept, .shared, .settled, .shared] as [RegionStack.State] {
      stack.setState(state, of: record)
      #expect(stack.state(of: record) == state)
      #expect(stack.layout(of: record) == layout(0x3000, 1 << 13))
      #expect((0..<3).map { stack.isQuarantined($0, of: record) } == [false, false, true])
    }
  }

  @Test("Forgetting the youngest record of a book without records changes nothing")
  func popsNothing() throws {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { bytes.deallocate() }
    var stack = RegionStack(storage: bytes)
    stack.pop()
    #expect(stack.end == 0 && stack.last == nil)
    try stack.reserve(granules: 5 * 64)
  }

  @Test("A book without storage has room for nothing")
  func noStorage() {
    let stack = RegionStack(storage: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    #expect(throws: ShareError.outOfMetadata(needed: 24, available: 0)) {
      try stack.reserve(granules: 0)
    }
  }
}
