import Testing

@testable import MemorySharing

@Suite struct KernelLevelTests {
  /// Kernels, then layers of summary words above one kernel, then words of one index: counted by
  /// hand.
  static let shapes: [(kernels: UInt64, depth: UInt64, words: UInt64)] = [
    (1, 0, 0), (2, 1, 1), (64, 1, 1), (65, 2, 1 + 2), (128, 2, 1 + 2), (129, 2, 1 + 3),
    (4096, 2, 1 + 64), (4097, 3, 1 + 64 + 65), (4160, 3, 1 + 64 + 65), (4161, 3, 1 + 64 + 66),
  ]

  @Test(
    "An index has a word above every 64 words, and none where there is one kernel",
    arguments: shapes)
  func shape(kernels: UInt64, depth: UInt64, words: UInt64) {
    for (top, orders) in [(0, 1), (3, 4), (5, 6), (6, 6)] as [(UInt64, UInt64)] {
      let level = KernelLevel(first: 7, last: 6 + kernels, top: top, slotShift: 4)
      #expect(level.depth == depth)
      #expect(level.metadataSize == kernels * 128 + words * 8 * orders)
    }
  }

  @Test("The deepest index there can be, of 2^58 kernels, has ten layers")
  func deepest() {
    #expect(KernelLevel(first: 0, last: 1 << 58 - 1, top: 5, slotShift: 0).depth == 10)
  }

  @Test("A level whose kernels, or whose index on top of them, pass 2^64 bytes has no size")
  func tooLarge() {
    // 2^57 kernels of 128 bytes are 0 bytes modulo 2^64; one less leaves no room for the index.
    for last in [1 << 57 - 1, 1 << 57 - 2] as [UInt64] {
      #expect(KernelLevel(first: 0, last: last, top: 6, slotShift: 0).metadataSize == nil)
    }
  }

  @Test("The lowest words of an index say which kernels have a free block, 64 to a word")
  func lowestWords() {
    var level = KernelLevel(first: 0, last: 4160, top: 6, slotShift: 0)
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(level.metadataSize!), alignment: 8)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    level.place(at: bytes.baseAddress!)
    var meter = StepCounter()
    // The first enters three layers, the second too, up to the root they share; the third one word.
    for (kernel, steps) in [(70, 3), (4160, 6), (64, 7)] as [(UInt64, UInt64)] {
      level.enter(kernel, order: 2, meter: &meter)
      #expect(meter.steps == steps)
    }
    #expect(
      (0...65).map { level.lowestWord(order: 2, $0) }
        == (0...65).map { $0 == 1 ? 0b100_0001 : $0 == 65 ? 1 : 0 })
    #expect(level.lowestKernel(withFree: 2, meter: &meter) == 64)
    #expect(meter.steps == 10)
    // One bit of a shared word, then the last of each of three layers, but the root has another.
    #expect(!level.strike(64, order: 2, meter: &meter) && meter.steps == 11)
    #expect(!level.strike(70, order: 2, meter: &meter) && meter.steps == 14)
    #expect(level.strike(4160, order: 2, meter: &meter) && meter.steps == 17)
  }
}
