import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("Sorted ranges")
struct SortedRangesTests {
  @Test("They agree with a naive set after every one of many insertions and removals")
  func agreesWithNaive() {
    var numbers = Numbers(state: 0x5EED)
    for _ in 0..<60 {
      var ranges = SortedRanges()
      var naive = [Bool](repeating: false, count: 40)
      for _ in 0..<40 {
        let start = numbers.next(below: 30)
        let piece = range(start, 1 + numbers.next(below: 9))
        let inserts = numbers.next(below: 2) == 0
        if inserts { ranges.insert(piece) } else { ranges.remove(piece) }
        for byte in Int(start)..<Int(start + piece.size) { naive[byte] = inserts }
        #expect(ranges.ranges == runs(of: naive))
        #expect(ranges.size == UInt64(naive.count { $0 }))

        let probe = range(numbers.next(below: 30), 1 + numbers.next(below: 5))
        let bytes = naive[Int(probe.start.rawValue)..<Int(probe.end.rawValue)]
        #expect(ranges.contains(probe) == bytes.allSatisfy { $0 })
        #expect(ranges.overlaps(probe) == bytes.contains(true))
        #expect(ranges.contains(probe.start) == bytes.first)
      }
    }
  }

  func runs(of bytes: [Bool]) -> [AddressRange] {
    var list: [AddressRange] = []
    var start: Int?
    for index in 0...bytes.count {
      let isIn = index < bytes.count && bytes[index]
      if isIn, start == nil { start = index }
      if !isIn, let first = start {
        list.append(range(UInt64(first), UInt64(index - first)))
        start = nil
      }
    }
    return list
  }
}
