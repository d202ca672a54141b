import MemorySharing
import PropertyTesting
import SharingModel
import Testing
import Thoroughness

/// The model's free set against the same rules over an array of bytes.
@Suite struct FreeSetTests {
  /// Some bytes, free or not, and blocks of 1 to 8 of them.
  struct Bytes {
    static let count: UInt64 = inRelease(12, debug: 9)
    static let largest: UInt64 = 8
    static let sizes: [UInt64] = [1, 2, 4, 8]
    /// Where the first of them lies; blocks are aligned to absolute addresses.
    let start: UInt64
    let free: UInt64

    func isFree(_ address: UInt64, _ size: UInt64) -> Bool {
      (address..<address + size).allSatisfy {
        $0 >= start && $0 < start + Self.count && free & 1 << ($0 - start) != 0
      }
    }

    func blocks(of size: UInt64) -> [UInt64] {
      (0...(start + Self.count) / size).map { $0 * size }.filter { isFree($0, size) }
    }

    /// The free blocks that lie in no larger free one.
    func maximalBlocks(of size: UInt64) -> [UInt64] {
      let parent = size * 2
      return blocks(of: size).filter {
        parent > Self.largest || !isFree($0 / parent * parent, parent)
      }
    }

    func set(_ rule: PlacementRule = .buddy) -> FreeSet {
      var set = FreeSet(minimum: 1, largest: rule == .buddy ? Self.largest : .max, rule: rule)
      for address in start..<start + Self.count where isFree(address, 1) {
        set.give(AddressRange(uncheckedStart: address, size: 1))
      }
      return set
    }
  }

  @Test("Placement and availability are those of a search through all bytes", arguments: [0, 5])
  func placement(start: UInt64) {
    for free in 0..<1 << Bytes.count as Range<UInt64> {
      let bytes = Bytes(start: start, free: free)
      let set = bytes.set()
      for size in Bytes.sizes {
        let expected = Bytes.sizes.drop { $0 < size }
          .lazy.compactMap { bytes.maximalBlocks(of: $0).first }.first
        let place = set.place(size, 1)
        guard place == expected, set.canServe(size, 1) == !bytes.blocks(of: size).isEmpty else {
          Issue.record("\(set.free.ranges), block \(size): \(String(describing: place))")
          return
        }
      }
      guard set.place(16, 1) == nil else {
        Issue.record("a block above the largest")
        return
      }
    }
  }

  @Test(
    "A first-fit heap takes the lowest place that is aligned no better, or the lowest",
    arguments: [0, 5])
  func firstFit(start: UInt64) {
    for free in 0..<1 << Bytes.count as Range<UInt64> {
      let bytes = Bytes(start: start, free: free)
      let set = bytes.set(.firstFit)
      for size in 1...Bytes.count + 1 {
        for alignment in [1, 2, 4, 8, 16, 1 << 63] as [UInt64] {
          let places = (start..<start + Bytes.count).filter {
            $0 % alignment == 0 && bytes.isFree($0, size)
          }
          let expected = places.first { $0 / alignment % 2 == 1 } ?? places.first
          let place = set.place(size, alignment)
          guard place == expected, set.canServe(size, alignment) == !places.isEmpty else {
            Issue.record(
              "\(set.free.ranges), \(size) at \(alignment): \(String(describing: place))")
            return
          }
        }
      }
    }
  }

  @Test("A block of a first-fit heap is its request in whole minimum blocks")
  func wholeMinimumBlocks() {
    for minimum in [1, 16, 4096] as [UInt64] {
      let set = FreeSet(minimum: minimum, largest: .max, rule: .firstFit)
      for alignment in [1, 4096, 1 << 63] as [UInt64] {
        #expect(set.blockSize(1, alignment) == minimum)
        #expect(set.blockSize(3 * minimum, alignment) == 3 * minimum)
        #expect(set.blockSize(3 * minimum + 1, alignment) == 4 * minimum)
        #expect(set.blockSize(.max, alignment) == (minimum == 1 ? .max : nil))
      }
      #expect(set.merges(of: AddressRange(uncheckedStart: 0, size: 3 * minimum)).isEmpty)
    }
  }

  @Test("The last bytes of the address space can be placed", arguments: [1, 2] as [UInt64])
  func atTheTop(size: UInt64) {
    for rule in [PlacementRule.firstFit, .buddy] {
      var set = FreeSet(minimum: 1, largest: 1 << 20, rule: rule)
      set.add(AddressRange(uncheckedStart: .max - size, size: size))
      #expect(set.place(1, 1) != nil)
      #expect(set.place(4, 1) == nil)
    }
  }

  @Test("A freed block merges up to the block that no free one holds", arguments: [0, 5])
  func merges(start: UInt64) {
    for free in 0..<1 << Bytes.count as Range<UInt64> {
      let bytes = Bytes(start: start, free: free)
      let set = bytes.set()
      for (order, size) in Bytes.sizes.enumerated() {
        for address in bytes.blocks(of: size) {
          let last = Bytes.sizes.indices.last {
            bytes.isFree(address / Bytes.sizes[$0] * Bytes.sizes[$0], Bytes.sizes[$0])
          }
          let merges = set.merges(of: AddressRange(uncheckedStart: address, size: size))
          guard merges == order..<(last ?? order) else {
            Issue.record("\(set.free.ranges), \(size) bytes at \(address): \(merges)")
            return
          }
        }
      }
    }
  }

  @Test("A block is the smallest power of two that is large enough")
  func blockSize() {
    let numbers: [UInt64] =
      [0, 1, 2, 3, 24, 4095, 4096, 4097, 1 << 62, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max]
    for minimum in [1, 16, 4096] as [UInt64] {
      let set = FreeSet(minimum: minimum, largest: minimum)
      for size in numbers {
        for alignment in numbers {
          let least = max(size, alignment, minimum)
          let block = set.blockSize(size, alignment)
          #expect((block == nil) == (least > 1 << 63))
          guard let block else { continue }
          #expect(block.nonzeroBitCount == 1 && block >= least && block / 2 < least)
        }
      }
    }
  }

  @Test("A range is added as far as whole blocks go")
  func add() {
    for start in 0..<20 as Range<UInt64> {
      for size in 1..<20 as Range<UInt64> {
        var set = FreeSet(minimum: 4, largest: 16)
        set.add(AddressRange(uncheckedStart: start, size: size))
        for block in 0..<10 as Range<UInt64> {
          let range = AddressRange(uncheckedStart: block * 4, size: 4)
          #expect(
            set.contains(range) == (block * 4 >= start && block * 4 + 4 <= start + size))
        }
        #expect(set.free.size % 4 == 0)
      }
    }
  }

  @Test("A range at the very top that holds no whole block adds nothing")
  func top() {
    var set = FreeSet(minimum: 1 << 20, largest: 1 << 30)
    set.add(AddressRange(uncheckedStart: .max - 0xdffff, size: 0xd0000))
    #expect(set == FreeSet(minimum: 1 << 20, largest: 1 << 30))
  }
}
