import MemorySharing
import Testing

/// A guard's hypervisor that keeps the truth, refuses what the tests tell it to, and traps nothing.
final class GuardLedger: MMIOGuardHypervisor {
  enum Call: Equatable {
    case enroll, info
    case map(UInt64)
    case unmap(UInt64)
  }

  var calls: [Call] = []
  var mapped: [UInt64] = []
  var unbalanced: [Call] = []
  var refusesMap: (UInt64) -> Bool = { _ in false }
  var refusesUnmap: (UInt64) -> Bool = { _ in false }
  var granule: UInt64 = 4096

  static let refusal = ShareError.hypercallFailed(function: 7, address: 7, answer: -3)

  func enroll() throws(ShareError) { calls.append(.enroll) }

  func mmioGranule() throws(ShareError) -> UInt64 {
    calls.append(.info)
    return granule
  }

  func map(_ granule: PhysicalAddress) throws(ShareError) {
    calls.append(.map(granule.rawValue))
    if refusesMap(granule.rawValue) { throw Self.refusal }
    if mapped.contains(granule.rawValue) { unbalanced.append(.map(granule.rawValue)) }
    mapped.append(granule.rawValue)
  }

  func unmap(_ granule: PhysicalAddress) throws(ShareError) {
    calls.append(.unmap(granule.rawValue))
    if refusesUnmap(granule.rawValue) { throw Self.refusal }
    guard let index = mapped.firstIndex(of: granule.rawValue) else {
      unbalanced.append(.unmap(granule.rawValue))
      return
    }
    mapped.remove(at: index)
  }
}

@Suite("MMIO guard")
struct MMIOGuardTests {
  let ledger = GuardLedger()

  func withGuard(
    records: Int = 8, _ body: (inout MMIOGuard<GuardLedger>) throws -> Void
  ) throws {
    let storage = UnsafeMutableBufferPointer<AddressRange>.allocate(capacity: records)
    defer { storage.deallocate() }
    var mmio = try MMIOGuard(hypervisor: ledger, records: storage)
    ledger.calls = []
    try body(&mmio)
    #expect(ledger.unbalanced.isEmpty)
  }

  func error(
    _ mmio: inout MMIOGuard<GuardLedger>, mapping range: AddressRange
  ) -> ShareError? {
    thrown { try mmio.map(range) }
  }

  func listed(_ mmio: borrowing MMIOGuard<GuardLedger>) -> [AddressRange] {
    var list: [AddressRange] = []
    for index in 0..<mmio.stuckCount { list.append(mmio.stuck(at: index)) }
    return list
  }

  @Test("Init enrols first, then asks for the granule, and refuses one that is no pages")
  func initialisation() throws {
    let storage = UnsafeMutableBufferPointer<AddressRange>(start: nil, count: 0)
    _ = try MMIOGuard(hypervisor: ledger, records: storage)
    #expect(ledger.calls == [.enroll, .info])
    for (answer, error) in [
      (0, .mmioGranuleIsMisaligned(0)), (4095, .mmioGranuleIsMisaligned(4095)),
      (6144, .mmioGranuleIsMisaligned(6144)), (12288, nil), (65536, nil),
      (x0(-3), .hypercallFailed(function: 0xC600_0005, address: 0, answer: -3)),
    ] as [(UInt64, ShareError?)] {
      let conduit = RecordingConduit { HypercallRegisters($0.x0 == 0xC600_0005 ? answer : 0) }
      var granule: UInt64?
      let found = thrown {
        let mmio = try MMIOGuard(hypervisor: GenieZone(conduit: conduit), records: storage)
        granule = mmio.granule
      }
      #expect(found == error)
      #expect(granule == (error == nil ? answer : nil))
      #expect(conduit.calls.map(\.x0) == [0xC600_0006, 0xC600_0005])
    }
  }

  @Test("A range is rounded out, and each granule is mapped once, ascending")
  func roundsOut() throws {
    try withGuard { mmio in
      try mmio.map(range(0x1FFF, 2))
      #expect(ledger.calls == [.map(0x1000), .map(0x2000)])
      #expect(mmio.mapped(at: 0) == range(0x1000, 0x2000))
      try mmio.map(range(0x4000, 0x1000))
      try mmio.map(range(0, 1))
      #expect(ledger.mapped == [0x1000, 0x2000, 0x4000, 0])
    }
  }

  @Test("Granules that are no power of two are rounded by division")
  func oddGranule() throws {
    ledger.granule = 12288
    try withGuard { mmio in
      try mmio.map(range(12287, 2))
      #expect(ledger.calls == [.map(0), .map(12288)])
    }
  }

  @Test("A range whose last granule leaves 64 bits is refused before any call")
  func overflow() throws {
    try withGuard { mmio in
      let bad = range(0xFFFF_FFFF_FFFF_F000, 1)
      #expect(error(&mmio, mapping: bad) == .rangeOverflows(start: bad.start, size: 1))
      #expect(ledger.calls.isEmpty)
      try mmio.map(range(0xFFFF_FFFF_FFFF_E000, 0x1000))
    }
  }

  @Test("A granule that is mapped already is named, and nothing changes")
  func alreadyMapped() throws {
    try withGuard { mmio in
      try mmio.map(range(0x5000, 0x2000))
      try mmio.map(range(0x3000, 0x1000))
      ledger.calls = []
      for (bad, address) in [
        (range(0x6FFF, 1), 0x6000), (range(0x1000, 0x9000), 0x3000), (range(0x4FFF, 2), 0x5000),
      ] as [(AddressRange, UInt64)] {
        #expect(error(&mmio, mapping: bad) == .alreadyMapped(PhysicalAddress(address)))
      }
      #expect(ledger.calls.isEmpty)
      #expect(mmio.mappedCount == 2)
    }
  }

  @Test("Full storage refuses before any call")
  func full() throws {
    try withGuard(records: 1) { mmio in
      try mmio.map(range(0x1000, 1))
      ledger.calls = []
      #expect(error(&mmio, mapping: range(0x2000, 1)) == .tooManyRegions)
      #expect(ledger.calls.isEmpty)
    }
    try withGuard(records: 0) { mmio in
      #expect(error(&mmio, mapping: range(0x8000, 1)) == .tooManyRegions)
    }
  }

  @Test(
    "A call that fails at any granule is undone, last-in first-out",
    arguments: 0..<4 as Range<UInt64>)
  func rollback(failing: UInt64) throws {
    try withGuard { mmio in
      ledger.refusesMap = { $0 == failing * 0x1000 }
      #expect(error(&mmio, mapping: range(0, 0x4000)) == GuardLedger.refusal)
      #expect(ledger.mapped.isEmpty)
      #expect(mmio.mappedCount == 0)
      let maps = (0...failing).map { GuardLedger.Call.map($0 * 0x1000) }
      let unmaps = (0..<failing).reversed().map { GuardLedger.Call.unmap($0 * 0x1000) }
      #expect(ledger.calls == maps + unmaps)
      ledger.refusesMap = { _ in false }
      try mmio.map(range(0, 0x4000))
      #expect(ledger.mapped.count == 4)
    }
  }

  @Test("What could not be undone is listed, refused by map, and never unmapped again")
  func stuckRollback() throws {
    try withGuard { mmio in
      ledger.refusesMap = { $0 == 0x5000 }
      ledger.refusesUnmap = { $0 == 0x1000 || $0 == 0x3000 || $0 == 0x4000 }
      #expect(error(&mmio, mapping: range(0, 0x6000)) == GuardLedger.refusal)
      #expect(ledger.mapped == [0x1000, 0x3000, 0x4000])
      #expect(listed(mmio) == [range(0x3000, 0x2000), range(0x1000, 0x1000)])
      ledger.refusesMap = { _ in false }
      ledger.refusesUnmap = { _ in false }
      #expect(
        error(&mmio, mapping: range(0, 0x6000)) == .alreadyMapped(PhysicalAddress(0x1000)))
      try mmio.map(range(0x2000, 0x1000))
      ledger.calls = []
      #expect(mmio.unmapAll() == MMIOReport(unmapped: 1, stillMapped: 3))
      #expect(ledger.calls == [.unmap(0x2000)])
    }
  }

  @Test("Unmap-all goes backwards, so the console goes last; a second call does nothing")
  func unmapAll() throws {
    try withGuard { mmio in
      try mmio.map(range(0x9000, 0x1000))
      try mmio.map(range(0x1000, 0x2000))
      try mmio.map(range(0x5000, 0x1000))
      ledger.calls = []
      #expect(mmio.unmapAll() == MMIOReport(unmapped: 4, stillMapped: 0))
      #expect(ledger.calls == [.unmap(0x5000), .unmap(0x2000), .unmap(0x1000), .unmap(0x9000)])
      #expect(mmio.unmapAll() == MMIOReport(unmapped: 0, stillMapped: 0))
      #expect(ledger.calls.count == 4)
      #expect(ledger.mapped.isEmpty)
    }
  }

  @Test("Unmap-all sweeps on over failures, and keeps listing them")
  func sweepsOn() throws {
    try withGuard { mmio in
      try mmio.map(range(0x9000, 0x1000))
      try mmio.map(range(0x1000, 0x3000))
      ledger.refusesUnmap = { $0 == 0x2000 || $0 == 0x9000 }
      #expect(mmio.unmapAll() == MMIOReport(unmapped: 2, stillMapped: 2))
      #expect(ledger.mapped == [0x9000, 0x2000])
      #expect(listed(mmio) == [range(0x2000, 0x1000), range(0x9000, 0x1000)])
      ledger.calls = []
      #expect(mmio.unmapAll() == MMIOReport(unmapped: 0, stillMapped: 2))
      #expect(ledger.calls.isEmpty)
      #expect(listed(mmio).count == 2)
    }
  }

  @Test(
    "In any storage, whatever is refused, the list covers what is mapped and the count is exact"
  )
  func everyRefusal() throws {
    for records in 1...3 {
      for refused in 0..<32 as Range<UInt64> {
        ledger.mapped = []
        ledger.refusesUnmap = { refused >> ($0 / 0x1000) & 1 == 1 }
        try withGuard(records: records) { mmio in
          try mmio.map(range(0, 0x5000))
          let report = mmio.unmapAll()
          #expect(report.stillMapped == UInt64(ledger.mapped.count))
          #expect(report.unmapped == 5 - report.stillMapped)
          let list = listed(mmio)
          for granule in ledger.mapped {
            #expect(list.contains { $0.contains(PhysicalAddress(granule)) })
          }
          if records == 3 {
            #expect(list.reduce(0) { $0 + $1.size } == report.stillMapped * 0x1000)
          }
        }
      }
    }
  }
}
