import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("Backends")
struct BackendTests {
  @Test("Ids are those of the list, each once, each with a sentence")
  func ids() {
    #expect(
      Backend.all.map(\.id) == [
        "pkvm", "pkvm-newer", "pkvm-android13", "gunyah", "geniezone", "kvm", "pkvm-linux",
      ])
    for backend in Backend.all {
      #expect(Backend.named(backend.id) == backend)
      #expect(backend.sentence.hasSuffix("."))
    }
    #expect(Backend.named("xen") == nil)
  }

  @Test("The core detects each backend and finds the backing it calls for", arguments: Backend.all)
  func detection(backend: Backend) throws {
    let bench = Bench(backend, granule: 16384)
    let found = try DetectedHypervisor.detect(
      through: bench.monitor, generation: backend.generation)
    #expect(found.sharingSupport == backend.sharing)
    let page = PhysicalAddress(0x2_0000)
    if backend.sharing == .onDemand {
      #expect(try found.granule().bytes == 16384)
      try found.share(page)
      #expect(bench.monitor.shared.ranges == [range(0x2_0000, 16384)])
      try found.unshare(page)
      #expect(bench.monitor.shared.isEmpty)
    } else {
      #expect(
        throws: ShareError.hypercallFailed(
          function: 0xC600_0003, address: page.rawValue, answer: -1)
      ) { try found.share(page) }
    }
  }

  @Test("The core's MMIO guard works on every backend that has one", arguments: Backend.all)
  func mmioGuard(backend: Backend) throws {
    let bench = Bench(backend)
    let found = try DetectedHypervisor.detect(
      through: bench.monitor, generation: backend.generation)
    let records = UnsafeMutableBufferPointer<AddressRange>.allocate(capacity: 4)
    defer { records.deallocate() }
    guard backend.behaviour.mmioGuard == .present else {
      #expect(throws: ShareError.mmioGuardUnsupported) {
        _ = try MMIOGuard(hypervisor: found, records: records)
      }
      return
    }
    var mmio = try MMIOGuard(hypervisor: found, records: records)
    try mmio.map(range(0x9000_0000, 0x2001))
    #expect(bench.monitor.mmio.size == 0x3000)
    let report = mmio.unmapAll()
    #expect(report == MMIOReport(unmapped: 3, stillMapped: 0))
    #expect(bench.monitor.mmio.isEmpty)
  }

  @Test("A hypervisor without a UUID is unknown, by the word that says so")
  func noUUID() {
    let bench = Bench(MonitorBehaviour(uuid: nil))
    #expect(throws: ShareError.unknownHypervisor(UUIDWords(0xFFFF_FFFF, 0, 0, 0))) {
      try DetectedHypervisor.detect(through: bench.monitor)
    }
  }

  @Test("What is shared before boot is in the host's reach, without a hypercall")
  func sharedBeforeBoot() {
    let bench = Bench(.gunyah)
    bench.monitor.shareBeforeBoot(range(0x2_0000, 0x3000))
    #expect(bench.host.canReach(PhysicalAddress(0x2_2FFF)))
    #expect(!bench.host.canReach(PhysicalAddress(0x2_3000)))
    #expect(bench.monitor.callsInAll == 0 && bench.log.isEmpty)
  }

  @Test("A disguise changes one thing, and only where it is about that hypervisor")
  func disguises() throws {
    let own = try #require(Backend.pkvm.behaviour.uuid)
    func words(_ disguise: Disguise) -> [UInt32]? {
      Backend.pkvm.behaviour(in: disguise).uuid.map { [$0.w0, $0.w1, $0.w2, $0.w3] }
    }
    let differing: [(Disguise, Int)] = [
      (.firstWordDiffers, 0), (.secondWordDiffers, 1), (.thirdWordDiffers, 2),
      (.fourthWordDiffers, 3),
    ]
    for (disguise, place) in differing {
      let told = try #require(words(disguise))
      let same = [own.w0, own.w1, own.w2, own.w3]
      #expect(told.indices.filter { told[$0] != same[$0] } == [place])
    }
    #expect(words(.none) == nil)
    #expect(Backend.pkvm.behaviour(in: .upperBits).hasGarbageAboveWords)
    #expect(Backend.pkvm.behaviour(in: .unmapAnswersZero).unmapAnswersZero)
    let infos: [(Backend, Disguise, UInt64?)] = [
      (.kvm, .guardInfoIsZero, 0), (.kvm, .guardInfoFails, x0(-3)),
      (.pkvm, .guardGranuleIsBroken, 6144), (.gunyah, .guardInfoIsZero, nil),
      (.gunyah, .guardInfoFails, nil), (.kvm, .guardGranuleIsBroken, nil),
      (.pkvmLinux, .guardInfoIsZero, 0), (.pkvmLinux, .guardGranuleIsBroken, nil),
    ]
    for (backend, disguise, info) in infos {
      #expect(backend.behaviour(in: disguise).mmioGuardInfo == info)
    }
    #expect(Backend.genieZone.behaviour(in: .guardIsNotRequired).mmioGuard == .notRequired)
    #expect(Backend.pkvm.behaviour(in: .guardIsNotRequired).mmioGuard == .present)
  }
}
