import MemorySharing
import Testing

@Suite("Detection")
struct DetectionTests {
  /// A conduit that answers this UUID under garbage, and this to MMIO_GUARD_INFO and FEATURES.
  func conduit(
    _ uuid: UUIDWords, info: Int64 = 4096, features: UInt64 = 0x3
  ) -> RecordingConduit {
    RecordingConduit { asked in
      switch asked.x0 {
      case 0x8600_FF01:
        let garbage: UInt64 = 0xDEAD_BEEF_0000_0000
        return HypercallRegisters(
          garbage | UInt64(uuid.w0), garbage | UInt64(uuid.w1), garbage | UInt64(uuid.w2),
          garbage | UInt64(uuid.w3))
      case 0xC600_0005: return HypercallRegisters(x0(info))
      case 0x8600_0000: return HypercallRegisters(features)
      default: return HypercallRegisters(0)
      }
    }
  }

  @Test("The words of a UUID are its bytes, four at a time, little endian")
  func words() {
    #expect(UUIDWords.kvm == words(of: "28b46fb62ec511e9a9ca4b564d003a74"))
    #expect(UUIDWords.gunyah == words(of: "c1d58fcda4535fdb9265ce36673d5f14"))
    #expect(UUIDWords.genieZone == words(of: "7e134ed03b82488d8cee69c19211dbe7"))
  }

  func words(of hex: String) -> UUIDWords {
    let digits = Array(hex)
    let word = { (index: Int) -> UInt32 in
      (0..<4).reduce(0) { word, byte in
        let at = (index * 4 + byte) * 2
        return word | UInt32(String(digits[at...at + 1]), radix: 16)! << (8 * byte)
      }
    }
    return UUIDWords(word(0), word(1), word(2), word(3))
  }

  @Test("Gunyah and GenieZone are known by their UUID alone")
  func byUUID() throws {
    let gunyah = conduit(.gunyah)
    guard case .gunyah = try DetectedHypervisor.detect(through: gunyah) else {
      Issue.record("not Gunyah")
      return
    }
    #expect(gunyah.calls == [HypercallRegisters(0x8600_FF01)])
    let zone = conduit(.genieZone)
    guard case .genieZone = try DetectedHypervisor.detect(through: zone) else {
      Issue.record("not GenieZone")
      return
    }
    #expect(zone.calls == [HypercallRegisters(0x8600_FF01)])
  }

  @Test("A KVM that answers MMIO_GUARD_INFO protects, in the generation that was given")
  func protectedKVM() throws {
    for generation in [HypervisorGeneration.android13, .current] {
      let found = try DetectedHypervisor.detect(through: conduit(.kvm), generation: generation)
      guard case .protectedKVM(let kvm) = found else {
        Issue.record("not protected KVM")
        return
      }
      #expect(kvm.generation == generation)
    }
  }

  @Test("A KVM without a guard and features of sharing, or without any features, is plain")
  func plainKVM() throws {
    for features: UInt64 in [0x1, 0x3, 0xABCD_0000_0003, .max, 0xFFFF_FFFF] {
      let conduit = conduit(.kvm, info: -1, features: features)
      guard case .plainKVM = try DetectedHypervisor.detect(through: conduit) else {
        Issue.record("not plain KVM")
        return
      }
      #expect(conduit.calls.map(\.x0) == [0x8600_FF01, 0xC600_0005, 0x8600_0000])
    }
  }

  @Test("A KVM without a guard and with MEMINFO, SHARE and UNSHARE is upstream's protected one")
  func unguardedKVM() throws {
    for features: UInt64 in [0x1D, 0x1F, 0xABCD_0000_0E1D] {
      let conduit = conduit(.kvm, info: -1, features: features)
      guard case .unguardedKVM = try DetectedHypervisor.detect(through: conduit) else {
        Issue.record("not unguarded KVM")
        return
      }
    }
  }

  @Test(
    "Features that contradict themselves or the guard are an error",
    arguments: [
      // Not that there are features; sharing in part; a guard that did not answer.
      0, 0x2, 0x1C, 0x5, 0x9, 0x11, 0xD, 0x15, 0x19, 0x21, 0x41, 0x81, 0x101, 0x3D, 0x1FD,
      0xFFFF_FFFE, 0xFFFF_FFFD, 0xFFFF_FFFF_FFFF_FFFD,
    ] as [UInt64])
  func wrongFeatures(features: UInt64) {
    #expect(
      throws: ShareError.hypercallFailed(
        function: 0x8600_0000, address: 0, answer: Int64(bitPattern: features))
    ) { try DetectedHypervisor.detect(through: conduit(.kvm, info: -1, features: features)) }
  }

  @Test("A KVM with a guard is not asked for its features")
  func guardIsEnough() throws {
    let conduit = conduit(.kvm, info: 4096, features: 0)
    _ = try DetectedHypervisor.detect(through: conduit)
    #expect(conduit.calls.map(\.x0) == [0x8600_FF01, 0xC600_0005])
  }

  @Test(
    "A KVM that answers MMIO_GUARD_INFO otherwise is an error", arguments: [0, -2, -3, Int64.min])
  func undecidedKVM(info: Int64) {
    #expect(
      throws: ShareError.hypercallFailed(function: 0xC600_0005, address: 0, answer: info)
    ) { try DetectedHypervisor.detect(through: conduit(.kvm, info: info)) }
  }

  @Test("An unknown UUID, or none, is an error that carries it")
  func unknown() {
    let kvm = UUIDWords.kvm
    for words in [
      UUIDWords(0xFFFF_FFFF, 0, 0, 0), UUIDWords(0, 0, 0, 0),
      UUIDWords(kvm.w0 ^ 1, kvm.w1, kvm.w2, kvm.w3), UUIDWords(kvm.w0, kvm.w1 ^ 1, kvm.w2, kvm.w3),
      UUIDWords(kvm.w0, kvm.w1, kvm.w2 ^ 1, kvm.w3), UUIDWords(kvm.w0, kvm.w1, kvm.w2, kvm.w3 ^ 1),
    ] {
      #expect(throws: ShareError.unknownHypervisor(words)) {
        try DetectedHypervisor.detect(through: conduit(words))
      }
    }
  }

  @Test("Protected KVM and GenieZone share on demand, Gunyah before boot, plain KVM not at all")
  func sharingSupport() throws {
    for (uuid, info, features, support) in [
      (.kvm, 4096, 0x3, .onDemand), (.genieZone, 4096, 0x3, .onDemand),
      (.gunyah, 4096, 0x3, .beforeBoot), (.kvm, -1, 0x3, .none), (.kvm, -1, 0x1D, .onDemand),
    ] as [(UUIDWords, Int64, UInt64, SharingSupport)] {
      let found = try DetectedHypervisor.detect(
        through: conduit(uuid, info: info, features: features))
      #expect(found.sharingSupport == support)
    }
  }

  @Test("A detected hypervisor passes every call on")
  func passesOn() throws {
    let page = PhysicalAddress(0x4000)
    for (uuid, info, features, guarded) in [
      (.kvm, 4096, 0x3, true), (.genieZone, 4096, 0x3, true), (.gunyah, 4096, 0x3, false),
      (.kvm, -1, 0x3, false), (.kvm, -1, 0x1D, false),
    ] as [(UUIDWords, Int64, UInt64, Bool)] {
      let conduit = conduit(uuid, info: info, features: features)
      let found = try DetectedHypervisor.detect(through: conduit)
      conduit.calls = []
      try found.share(page)
      try found.unshare(page)
      found.abandon(range(0, 1))
      #expect(throws: ShareError.granuleIsNotAPowerOfTwo(0)) { try found.granule() }
      #expect(conduit.calls.map(\.x0) == [0xC600_0003, 0xC600_0004, 0xC600_0002])
      #expect(conduit.abandoned == [range(0, 1)])

      conduit.calls = []
      if guarded {
        try found.enroll()
        #expect(try found.mmioGranule() == 4096)
        try found.map(page)
        try found.unmap(page)
        #expect(conduit.calls.map(\.x0) == [0xC600_0006, 0xC600_0005, 0xC600_0007, 0xC600_0008])
      } else {
        #expect(throws: ShareError.mmioGuardUnsupported) { try found.enroll() }
        #expect(throws: ShareError.mmioGuardUnsupported) { try found.mmioGranule() }
        #expect(throws: ShareError.mmioGuardUnsupported) { try found.map(page) }
        #expect(throws: ShareError.mmioGuardUnsupported) { try found.unmap(page) }
        #expect(conduit.calls.isEmpty)
      }
    }
  }
}
