import MemorySharing
import SimulatedHypervisors
import Testing

extension TaggedMemory {
  /// How many runs of one origin there are.
  fileprivate var runCount: Int {
    var count = 0
    forEachRun(in: range(0, .max)) { _, _ in count += 1 }
    return origin(at: PhysicalAddress(.max)) == origin(at: PhysicalAddress(.max - 1))
      ? count : count + 1
  }
}

@Suite("Tagged memory")
struct TaggedMemoryTests {
  @Test("It agrees with a byte for each byte after every one of many operations")
  func agreesWithBytes() {
    var numbers = Numbers(state: 0xB17E)
    let memory = TaggedMemory()
    let origins: [ByteOrigin] = [.secret, .payload(1), .payload(2), .host(1)]
    for _ in 0..<60 {
      memory.reset()
      var bytes = [ByteOrigin](repeating: .secret, count: 64)
      for _ in 0..<40 {
        let start = Int(numbers.next(below: 24))
        let size = 1 + Int(numbers.next(below: 8))
        let piece = range(UInt64(start), UInt64(size))
        switch numbers.next(below: 3) {
        case 0:
          memory.zero(piece)
          for byte in start..<start + size { bytes[byte] = .zero }
        case 1:
          let origin = origins[Int(numbers.next(below: 4))]
          memory.fill(piece, origin)
          for byte in start..<start + size { bytes[byte] = origin }
        default:
          let to = (start + size + Int(numbers.next(below: 20))) % 40
          memory.copy(
            from: piece.start, to: PhysicalAddress(UInt64(to)), size: UInt64(size))
          let source = Array(bytes[start..<start + size])
          for byte in 0..<size { bytes[to + byte] = source[byte] }
        }
        var runs: [(AddressRange, ByteOrigin)] = []
        memory.forEachRun(in: range(0, 64)) { runs.append(($0, $1)) }
        var next: UInt64 = 0
        for (run, origin) in runs {
          #expect(run.start.rawValue == next)
          next = run.end.rawValue
          #expect(bytes[Int(run.start.rawValue)..<Int(next)].allSatisfy { $0 == origin })
        }
        #expect(next == 64)
        for (left, right) in zip(runs, runs.dropFirst()) { #expect(left.1 != right.1) }
        #expect(memory.runCount == runs.count)
      }
    }
  }

  @Test("Runs are found in a window and clipped to it")
  func clipping() {
    let memory = TaggedMemory()
    memory.zero(range(0x1000, 0x3000))
    memory.fill(range(0x2000, 0x10), .host(7))
    let found = memory.firstRun(in: range(0x1800, 0x1000)) { $0 != .zero }
    #expect(found?.0 == range(0x2000, 0x10))
    #expect(found?.1 == .host(7))
    #expect(memory.firstRun(in: range(0x2004, 0x4)) { $0 == .host(7) }?.0 == range(0x2004, 4))
    #expect(memory.firstRun(in: range(0x1000, 0x1000)) { $0 != .zero } == nil)
    #expect(memory.firstRun(in: range(0x1000, 0x1001)) { $0 != .zero } != nil)
  }

  @Test("The whole address space costs as much as a byte, and counts as what it is")
  func wholeSpace() {
    let memory = TaggedMemory()
    let most = range(0, .max)
    memory.zero(most)
    #expect(memory.bytesZeroed == .max)
    #expect(memory.runCount == 2)
    memory.copy(from: PhysicalAddress(0), to: PhysicalAddress(1 << 63), size: 1 << 62)
    #expect(memory.bytesCopied == 1 << 62)
    memory.fill(range(5, 7), .payload(1))
    #expect(memory.bytesFilled == 7)
    #expect(memory.origin(at: PhysicalAddress(.max)) == .secret)
    memory.reset()
    #expect(memory.runCount == 1)
    #expect(memory.bytesZeroed + memory.bytesCopied + memory.bytesFilled == 0)
  }

  @Test("A word of the guest's reads back, also where it was copied to, until it is overwritten")
  func words() {
    let memory = TaggedMemory()
    memory.writeWord(0x0123_4567_89AB_CDEF, at: PhysicalAddress(0x1000))
    memory.writeWord(42, at: PhysicalAddress(0x1008))
    memory.copy(from: PhysicalAddress(0x1000), to: PhysicalAddress(0x2000), size: 16)
    #expect(memory.readWord(at: PhysicalAddress(0x2000)) == 0x0123_4567_89AB_CDEF)
    #expect(memory.readWord(at: PhysicalAddress(0x1008)) == 42)
    memory.zero(range(0x1002, 3))
    #expect(memory.readWord(at: PhysicalAddress(0x1000)) == 0x0123_4500_0000_CDEF)
    memory.zero(range(0x1000, 16))
    #expect(memory.readWord(at: PhysicalAddress(0x1008)) == 0)
  }

  @Test("The host decides what its words read as")
  func hostWords() {
    let memory = TaggedMemory()
    memory.fill(range(0x1000, 0x1000), .host(3))
    let plain = memory.readWord(at: PhysicalAddress(0x1008))
    #expect(plain == memory.readWord(at: PhysicalAddress(0x1008)))
    #expect(plain != memory.readWord(at: PhysicalAddress(0x1010)))
    memory.hostWord = { id, address in address.rawValue + UInt64(id) }
    #expect(memory.readWord(at: PhysicalAddress(0x1008)) == 0x100B)
    memory.writeWord(.max, at: PhysicalAddress(0x1008))
    memory.fill(range(0x1008, 1), .host(4))
    #expect(memory.readWord(at: PhysicalAddress(0x1008)) == 0xFFFF_FFFF_FFFF_FF0C)
  }

  @Test("Virtual and physical differ by the offset, modulo 2^64")
  func offset() {
    let memory = TaggedMemory(virtualOffset: 0xFFFF_FFFF_0000_0000)
    let virtual = memory.virtualAddress(of: PhysicalAddress(0x1_8000_1234))
    #expect(virtual == VirtualAddress(0x8000_1234))
    #expect(memory.physicalAddress(of: virtual) == PhysicalAddress(0x1_8000_1234))
    memory.reset(virtualOffset: 0x1_0000)
    #expect(memory.virtualAddress(of: PhysicalAddress(0)) == VirtualAddress(0x1_0000))
  }

  @Test("Every operation is told, after it took effect")
  func events() {
    var log: [PortEvent] = []
    let memory = TaggedMemory()
    memory.events.observer = { [unowned memory] event in
      log.append(event)
      if case .memoryZeroed(let range) = event {
        #expect(memory.origin(at: range.start) == .zero)
      }
    }
    memory.zero(range(0, 16))
    memory.copy(from: PhysicalAddress(0), to: PhysicalAddress(32), size: 8)
    memory.copy(from: PhysicalAddress(0), to: PhysicalAddress(32), size: 0)
    memory.fill(range(4, 1), .payload(9))
    #expect(
      log == [
        .memoryZeroed(range(0, 16)),
        .memoryCopied(from: range(0, 8), to: range(32, 8)),
        .memoryFilled(range(4, 1), .payload(9)),
      ])
  }
}
