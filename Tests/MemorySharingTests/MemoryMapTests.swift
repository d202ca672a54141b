import MemorySharing
import Testing

@Suite("Memory map")
struct MemoryMapTests {
  let memory = range(0x8000_0000, 0x10_0000)

  @Test("Five regions are tracked, a sixth is refused")
  func capacity() throws {
    var map = MemoryMap(memory: memory)
    for index in 0..<5 as Range<UInt64> {
      try map.track(range(0x8000_0000 + index * 0x1000, 0x1000))
    }
    #expect(map.regionCount == 5)
    #expect(map.region(at: 4) == range(0x8000_4000, 0x1000))
    let sixth = range(0x8000_5000, 0x1000)
    #expect(thrown { try map.track(sixth) } == .tooManyRegions)
    #expect(
      thrown { _ = try map.checkStaticRange(start: 0x8000_5000, size: 0x1000) } == .tooManyRegions)
    #expect(map.regionCount == 5)
  }

  @Test("Regions that overlap, or leave memory by one byte, are refused and change nothing")
  func refusals() throws {
    var map = MemoryMap(memory: memory)
    try map.track(range(0x8001_0000, 0x1000))
    for bad in [range(0x8001_0000, 1), range(0x8001_0FFF, 1), range(0x8000_0000, 0x10_0000)] {
      #expect(thrown { try map.track(bad) } == .rangeOverlaps(bad))
    }
    for bad in [
      range(0x7FFF_FFFF, 2), range(0x800F_FFFF, 2), range(0x8010_0000, 1), range(0x7FFF_FFFF, 1),
    ] {
      #expect(thrown { try map.track(bad) } == .rangeIsOutside(bad))
    }
    #expect(map.regionCount == 1)
    try map.track(range(0x8000_FFFF, 1))
    try map.track(range(0x8001_1000, 1))
    #expect(map.regionCount == 3)
  }

  @Test("A range is held against every region, not only the first")
  func everyRegion() throws {
    var map = MemoryMap(memory: memory)
    try map.track(range(0x8000_0000, 0x1000))
    try map.track(range(0x8000_2000, 0x1000))
    let bad = range(0x8000_2fff, 2)
    #expect(thrown { try map.track(bad) } == .rangeOverlaps(bad))
  }

  @Test("A region that is not tracked cannot be asked for")
  func noSuchRegion() async {
    await #expect(processExitsWith: .failure) {
      var map = MemoryMap(memory: range(0x8000_0000, 0x10_0000))
      try map.track(range(0x8000_0000, 0x1000))
      _ = map.region(at: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = MemoryMap(memory: range(0x8000_0000, 0x10_0000)).region(at: -1)
    }
  }

  @Test("A static range is checked by rule, and tracked by nobody")
  func staticRange() throws {
    var map = MemoryMap(memory: range(0, 0x10_0000))
    try map.track(range(0x2000, 0x1000))
    #expect(try map.checkStaticRange(start: 0x1000, size: 0x1000) == range(0x1000, 0x1000))
    #expect(try map.checkStaticRange(start: 0x3000, size: 0xF_D000) == range(0x3000, 0xF_D000))
    for (start, size, error) in [
      (0x1000, 0, .rangeIsEmpty(start: PhysicalAddress(0x1000))),
      (
        0xFFFF_FFFF_FFFF_F000, 0x1000,
        .rangeOverflows(start: PhysicalAddress(0xFFFF_FFFF_FFFF_F000), size: 0x1000)
      ),
      (0x1001, 0x1000, .rangeIsMisaligned(range(0x1001, 0x1000))),
      (0x1000, 0x1FFF, .rangeIsMisaligned(range(0x1000, 0x1FFF))),
      (0x1800, 0x800, .rangeIsMisaligned(range(0x1800, 0x800))),
      (0, 0x1000, .rangeHoldsAddressZero(range(0, 0x1000))),
      (0xF_F000, 0x2000, .rangeIsOutside(range(0xF_F000, 0x2000))),
      (0x10_0000, 0x1000, .rangeIsOutside(range(0x10_0000, 0x1000))),
      (0x1000, 0x2000, .rangeOverlaps(range(0x1000, 0x2000))),
    ] as [(UInt64, UInt64, ShareError)] {
      #expect(thrown { _ = try map.checkStaticRange(start: start, size: size) } == error)
    }
    #expect(map.regionCount == 1)
  }
}
