import MemorySharing
import Testing

/// The words of errors, which logs and wires keep: none of them ever changes.
@Suite struct ShareErrorTests {
  private static let range = AddressRange(uncheckedStart: 0x1000, size: 0x2000)
  private static let layout = Layout(uncheckedSize: 3, alignment: 4)

  private static let words: [(ShareError, [UInt64])] = [
    (.sizeIsZero, [1, 0, 0, 0, 0]),
    (.alignmentIsNotAPowerOfTwo(3), [2, 3, 0, 0, 0]),
    (.sizeOverflows(.max), [3, .max, 0, 0, 0]),
    (.largerThanTheTopOrder(layout), [4, 3, 4, 0, 0]),
    (.exhausted(layout), [5, 3, 4, 0, 0]),
    (.outOfMetadata(needed: 5, available: 6), [6, 5, 6, 0, 0]),
    (.notAllocated(PhysicalAddress(7)), [7, 7, 0, 0, 0]),
    (.allocatedWithAnotherLayout(PhysicalAddress(8)), [8, 8, 0, 0, 0]),
    (.rangeIsEmpty(start: PhysicalAddress(9)), [9, 9, 0, 0, 0]),
    (.rangeOverflows(start: PhysicalAddress(10), size: 11), [10, 10, 11, 0, 0]),
    (.rangeOverlaps(range), [11, 0x1000, 0x2000, 0, 0]),
    (.rangeIsOutside(range), [12, 0x1000, 0x2000, 0, 0]),
    (.rangeIsMisaligned(range), [13, 0x1000, 0x2000, 0, 0]),
    (.rangeHoldsAddressZero(range), [14, 0x1000, 0x2000, 0, 0]),
    (.tooManyRegions, [15, 0, 0, 0, 0]),
    (.uninitialised, [16, 0, 0, 0, 0]),
    (.alreadyInitialised, [17, 0, 0, 0, 0]),
    (.closed, [18, 0, 0, 0, 0]),
    (
      .hypercallFailed(function: 0xC600_0003, address: 12, answer: -3),
      [19, 0xC600_0003, 12, UInt64(bitPattern: -3), 0]
    ),
    (.granuleIsNotAPowerOfTwo(13), [20, 13, 0, 0, 0]),
    (.unknownHypervisor(UUIDWords(1, 2, 3, 4)), [21, 1, 2, 3, 4]),
    (.noStaticRange, [22, 0, 0, 0, 0]),
    (.mmioGuardUnsupported, [23, 0, 0, 0, 0]),
    (.mmioGranuleIsMisaligned(14), [24, 14, 0, 0, 0]),
    (.alreadyMapped(PhysicalAddress(15)), [25, 15, 0, 0, 0]),
  ]

  @Test("Every error has its number and its evidence")
  func numbers() {
    for (error, words) in Self.words {
      let (number, a, b, c, d) = error.words
      #expect([number, a, b, c, d] == words)
    }
  }
}
