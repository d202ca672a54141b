import MemorySharing
import Testing

@Suite("Register encoding")
struct HypervisorEncodingTests {
  let page = PhysicalAddress(0x8765_4321_0000)

  @Test("The function ids are those of the table")
  func functionIDs() {
    let table: [(HypercallFunction, UInt32)] = [
      (.vendorUID, 0x8600_FF01), (.features, 0x8600_0000), (.memInfo, 0xC600_0002),
      (.memShare, 0xC600_0003), (.memUnshare, 0xC600_0004), (.mmioGuardInfo, 0xC600_0005),
      (.mmioGuardEnroll, 0xC600_0006), (.mmioGuardMap, 0xC600_0007),
      (.mmioGuardUnmap, 0xC600_0008),
    ]
    for (function, id) in table { #expect(function.rawValue == id) }
  }

  @Test("A call carries its id in x0, its address in x1, and zeros in x2 and x3")
  func encoding() throws {
    let conduit = RecordingConduit(x0: 0)
    let hypervisor = ProtectedKVM(conduit: conduit)
    try hypervisor.share(page)
    try hypervisor.unshare(page)
    try hypervisor.enroll()
    try hypervisor.map(page)
    try hypervisor.unmap(page)
    conduit.answer = { _ in HypercallRegisters(4096) }
    #expect(try hypervisor.granule().bytes == 4096)
    #expect(try hypervisor.mmioGranule() == 4096)
    #expect(
      conduit.calls == [
        HypercallRegisters(0xC600_0003, page.rawValue, 0, 0),
        HypercallRegisters(0xC600_0004, page.rawValue, 0, 0),
        HypercallRegisters(0xC600_0006, 0, 0, 0),
        HypercallRegisters(0xC600_0007, page.rawValue, 0, 0),
        HypercallRegisters(0xC600_0008, page.rawValue, 0, 0),
        HypercallRegisters(0xC600_0002, 0, 0, 0),
        HypercallRegisters(0xC600_0005, 0, 0, 0),
      ])
  }

  @Test("Zero-or-error takes nothing but 64 zero bits for a success", arguments: telltaleAnswers)
  func zeroOrError(x0: UInt64) {
    let expected: HypercallAnswer = x0 == 0 ? .success(0) : .failure(Int64(bitPattern: x0))
    #expect(HypercallAnswer(zeroOrError: x0) == expected)
  }

  @Test("Positive-or-error fails exactly on negative answers", arguments: telltaleAnswers)
  func positiveOrError(x0: UInt64) {
    let expected: HypercallAnswer =
      x0 >> 63 == 1 ? .failure(Int64(bitPattern: x0)) : .success(x0)
    #expect(HypercallAnswer(positiveOrError: x0) == expected)
  }

  @Test("The 32-bit forms look at the lower word alone, and carry it sign extended")
  func lowerWord() {
    for upper: UInt64 in [0, 0xDEAD_BEEF_0000_0000, 0xFFFF_FFFF_0000_0000] {
      #expect(HypercallAnswer(zeroOrErrorInLowerWord: upper) == .success(0))
      #expect(HypercallAnswer(zeroOrErrorInLowerWord: upper | 0xFFFF_FFFF) == .failure(-1))
      #expect(HypercallAnswer(zeroOrErrorInLowerWord: upper | 0xFFFF_FFFD) == .failure(-3))
      #expect(HypercallAnswer(zeroOrErrorInLowerWord: upper | 1) == .failure(1))
      #expect(HypercallAnswer(android13Unmap: upper) == .success(0))
      #expect(HypercallAnswer(android13Unmap: upper | 0xFFFF_FFFF) == .success(0))
      #expect(HypercallAnswer(android13Unmap: upper | 0xFFFF_FFFE) == .failure(-2))
      #expect(HypercallAnswer(android13Unmap: upper | 0xFFFF_FFFD) == .failure(-3))
      #expect(HypercallAnswer(android13Unmap: upper | 1) == .failure(1))
    }
  }

  @Test("A failed call throws its function, its address and its answer", arguments: telltaleAnswers)
  func failuresCarryEvidence(x0: UInt64) {
    let conduit = RecordingConduit(x0: x0)
    let error = { (function: UInt32) -> ShareError? in
      x0 == 0
        ? nil
        : .hypercallFailed(
          function: function, address: page.rawValue, answer: Int64(bitPattern: x0))
    }
    for hypervisor in everyHypervisor(conduit) {
      #expect(thrown { try hypervisor.share(page) } == error(0xC600_0003))
      #expect(
        thrown { try hypervisor.unshare(page) } == error(0xC600_0004))
    }
    #expect(conduit.calls.count == 12, "an error must come from the hypervisor, not be made up")
    let kvm = ProtectedKVM(conduit: conduit)
    #expect(thrown { try kvm.map(page) } == error(0xC600_0007))
    #expect(thrown { try kvm.unmap(page) } == error(0xC600_0008))
    let zone = GenieZone(conduit: conduit)
    #expect(thrown { try zone.map(page) } == error(0xC600_0007))
    #expect(thrown { try zone.unmap(page) } == error(0xC600_0008))
  }

  @Test("MEMINFO's answer must be a power of two, and a negative one is a failed call")
  func memInfo() throws {
    let conduit = RecordingConduit(x0: 0)
    let answers: [(UInt64, ShareError?)] = [
      (1, nil), (4096, nil), (65536, nil), (1 << 62, nil),
      (0, .granuleIsNotAPowerOfTwo(0)), (12288, .granuleIsNotAPowerOfTwo(12288)),
      (x0(-1), .hypercallFailed(function: 0xC600_0002, address: 0, answer: -1)),
      (1 << 63, .hypercallFailed(function: 0xC600_0002, address: 0, answer: .min)),
    ]
    for (answer, error) in answers {
      conduit.answer = { _ in HypercallRegisters(answer) }
      for hypervisor in everyHypervisor(conduit) {
        var bytes: UInt64?
        #expect(thrown { bytes = try hypervisor.granule().bytes } == error)
        #expect(bytes == (error == nil ? answer : nil))
      }
    }
  }

  @Test("On Android 13 only MAP and UNMAP are read in 32 bits, and -1 is a good UNMAP")
  func android13() {
    let conduit = RecordingConduit(x0: 0)
    let old = ProtectedKVM(conduit: conduit, generation: .android13)
    for (answer, map, unmap) in [
      (0xDEAD_BEEF_0000_0000, nil, nil), (0xDEAD_BEEF_FFFF_FFFF, Int64(-1), nil),
      (x0(-1), -1, nil), (0xDEAD_BEEF_FFFF_FFFD, -3, -3), (1, 1, 1),
    ] as [(UInt64, Int64?, Int64?)] {
      conduit.answer = { _ in HypercallRegisters(answer) }
      #expect(
        thrown { try old.map(page) }
          == map.map {
            .hypercallFailed(function: 0xC600_0007, address: page.rawValue, answer: $0)
          })
      #expect(
        thrown { try old.unmap(page) }
          == unmap.map {
            .hypercallFailed(function: 0xC600_0008, address: page.rawValue, answer: $0)
          })
      #expect(thrown { try old.share(page) } != nil)
      #expect(thrown { try old.unshare(page) } != nil)
      #expect(thrown { try old.enroll() } != nil)
    }
  }

  @Test("ENROLL answering -1 or -2 means that there is no guard")
  func enroll() {
    let conduit = RecordingConduit(x0: 0)
    for (answer, error) in [
      (0, nil), (-1, .mmioGuardUnsupported), (-2, .mmioGuardUnsupported),
      (-3, .hypercallFailed(function: 0xC600_0006, address: 0, answer: -3)),
      (1, .hypercallFailed(function: 0xC600_0006, address: 0, answer: 1)),
    ] as [(Int64, ShareError?)] {
      conduit.answer = { _ in HypercallRegisters(x0(answer)) }
      let kvm = ProtectedKVM(conduit: conduit)
      let zone = GenieZone(conduit: conduit)
      #expect(thrown { try kvm.enroll() } == error)
      #expect(thrown { try zone.enroll() } == error)
    }
  }

  @Test("What is abandoned reaches the conduit")
  func abandon() {
    let conduit = RecordingConduit(x0: 0)
    for hypervisor in everyHypervisor(conduit) { hypervisor.abandon(range(0x1000, 0x1000)) }
    #expect(conduit.abandoned == Array(repeating: range(0x1000, 0x1000), count: 6))
    #expect(conduit.calls.isEmpty)
  }
}

/// Every type that shares memory, one of them by way of detection.
func everyHypervisor(_ conduit: RecordingConduit) -> [any MemorySharingHypervisor] {
  [
    ProtectedKVM(conduit: conduit), Gunyah(conduit: conduit), GenieZone(conduit: conduit),
    PlainKVM(conduit: conduit), UnguardedKVM(conduit: conduit),
    DetectedHypervisor.genieZone(GenieZone(conduit: conduit)),
  ]
}

/// The error that the body throws; nil when it throws none.
func thrown(_ body: () throws -> Void) -> ShareError? {
  do {
    try body()
    return nil
  } catch {
    return error as? ShareError
  }
}
