import MemorySharing
import SharingModel
import SimulatedHypervisors
import Testing

/// The model's own judgement of requests, errors and answers, row by row.
@Suite struct JudgingTests {
  private static let layout = Layout(uncheckedSize: 1, alignment: 1)
  private static let range = AddressRange(uncheckedStart: 4096, size: 4096)
  private static let address = PhysicalAddress(4096)
  /// Where a device may lie.
  private static let pages = AddressRange(uncheckedStart: 0x0900_0000, size: 4096)

  /// One error of each case.
  private static let errors: [ShareError] = [
    .sizeIsZero, .alignmentIsNotAPowerOfTwo(3), .sizeOverflows(1), .largerThanTheTopOrder(layout),
    .exhausted(layout), .outOfMetadata(needed: 1, available: 0), .notAllocated(address),
    .allocatedWithAnotherLayout(address), .rangeIsEmpty(start: address),
    .rangeOverflows(start: address, size: 1), .rangeOverlaps(range), .rangeIsOutside(range),
    .rangeIsMisaligned(range), .rangeHoldsAddressZero(range), .tooManyRegions, .uninitialised,
    .alreadyInitialised, .closed, .hypercallFailed(function: 1, address: 0, answer: -3),
    .granuleIsNotAPowerOfTwo(3), .unknownHypervisor(UUIDWords(1, 2, 3, 4)), .noStaticRange,
    .mmioGuardUnsupported, .mmioGranuleIsMisaligned(1), .alreadyMapped(address),
  ]

  /// The errors that name each fault: no other does.
  private static let named: [(RequestFault, [ShareError])] = [
    (.sizeIsZero, [.sizeIsZero]),
    (.alignmentIsNoPowerOfTwo, [.alignmentIsNotAPowerOfTwo(3)]),
    (
      .overflow,
      [.sizeOverflows(1), .largerThanTheTopOrder(layout), .rangeOverflows(start: address, size: 1)]
    ),
    (.aboveTheTopOrder, [.sizeOverflows(1), .largerThanTheTopOrder(layout)]),
    (.uninitialised, [.uninitialised]), (.closed, [.closed]),
    (.alreadyInitialised, [.alreadyInitialised]), (.noStaticRange, [.noStaticRange]),
    (.rangeIsEmpty, [.rangeIsEmpty(start: address)]),
    (.rangeIsMisaligned, [.rangeIsMisaligned(range)]), (.rangeOverlaps, [.rangeOverlaps(range)]),
    (.rangeIsOutside, [.rangeIsOutside(range)]), (.rangeAtZero, [.rangeHoldsAddressZero(range)]),
    (.tooManyRegions, [.tooManyRegions]),
    (.notAllocated, [.notAllocated(address), .allocatedWithAnotherLayout(address)]),
    (.alreadyMapped, [.alreadyMapped(address)]), (.noGuard, [.mmioGuardUnsupported]),
    (.hypervisorIsUnknown, [.unknownHypervisor(UUIDWords(1, 2, 3, 4))]),
    (
      .mmioGuardIsBroken,
      [.hypercallFailed(function: 1, address: 0, answer: -3), .mmioGranuleIsMisaligned(1)]
    ),
    (.metadataIsScant, [.outOfMetadata(needed: 1, available: 0)]),
  ]

  @Test("A fault is named by its own errors, and by no other")
  func naming() {
    #expect(Self.named.map(\.0) == RequestFault.allCases)
    for (fault, errors) in Self.named {
      #expect(Self.errors.filter(fault.isNamed) == errors, "\(fault)")
    }
  }

  /// A model whose pool is open, unless the state is another.
  private static func model(
    on backend: Backend = .pkvm, _ state: Model.PoolState = .open
  ) -> Model {
    let model = Model(memory: TaggedMemory())
    model.reset(Configuration(), on: backend, shown: [])
    if state == .uninitialised { return model }
    play(model, .initialise(.standard, staticRange: nil), .done)
    if state == .closed { play(model, .unshareAll, .unshared(UnshareReport())) }
    return model
  }

  private static func play(
    _ model: Model, _ call: GuestCall, _ outcome: Outcome, _ command: Command = .unpinAll
  ) {
    model.begin(Step(command), .call(call))
    model.end(outcome, other: nil)
  }

  private static func faults(_ model: Model, _ call: GuestCall) -> [RequestFault] {
    model.begin(nil, .call(call))
    return model.record.faults
  }

  @Test("Every call outside its contract has the fault that it has")
  func requests() {
    let open = Self.model()
    let top = Configuration().poolTop
    let buffer = GuestBuffer(address: VirtualAddress(1 << 56), size: 16)
    let empty = GuestBuffer(address: VirtualAddress(1 << 56), size: 0)
    let endless = GuestBuffer(address: VirtualAddress(.max - 7), size: 16)
    let rows: [(GuestCall, [RequestFault])] = [
      (.allocateShared(size: 16, alignment: 1), []),
      (.allocateShared(size: 0, alignment: 1), [.sizeIsZero]),
      (.allocateShared(size: 1, alignment: 3), [.alignmentIsNoPowerOfTwo]),
      (.allocateShared(size: 0, alignment: 0), [.sizeIsZero, .alignmentIsNoPowerOfTwo]),
      (.allocateShared(size: top, alignment: 1), []),
      (.allocateShared(size: top + 1, alignment: 1), [.aboveTheTopOrder]),
      (.allocateShared(size: 1, alignment: top * 2), [.aboveTheTopOrder]),
      (.allocateShared(size: .max, alignment: 1), [.overflow]),
      (.dmaAlloc(pages: 1, .both), []), (.dmaAlloc(pages: 0, .both), [.sizeIsZero]),
      (.dmaAlloc(pages: 1 << 52, .both), [.overflow]),
      (.share(buffer, .both), []), (.share(empty, .both), [.sizeIsZero, .sizeIsZero]),
      (.share(endless, .both), [.overflow]),
      (.heapAllocate(size: 0, alignment: 1, zeroed: false), [.sizeIsZero]),
      (.deallocateShared(Self.address, size: 16, alignment: 1), [.notAllocated]),
      (.dmaDealloc(Self.address, pages: 1), [.notAllocated]),
      (.dmaDealloc(Self.address, pages: 1 << 52), [.overflow]),
      (.unshare(Self.address, buffer, .both), [.notAllocated]),
      (.unshare(Self.address, empty, .both), [.sizeIsZero]),
      (.heapDeallocate(Self.address, size: 16, alignment: 1), [.notAllocated]),
      (.initialise(.standard, staticRange: nil), [.alreadyInitialised]),
      (.mapMMIO(Self.pages), []), (.mapMMIO(Self.range), [.rangeIsOutside]), (.unmapAllMMIO, []),
      (.heapAdd(start: 0x8000_0000, size: 4096), [.rangeOverlaps]),
      (.heapAdd(start: 0x8002_0000, size: 4096), [.rangeIsOutside]),
      (.heapAdd(start: 0x8002_0000, size: 0), [.rangeIsEmpty]),
      (.heapAdd(start: .max - 15, size: 32), [.overflow]), (.detect, []),
      (.heapAdd(start: 0x8002_0008, size: 16), [.rangeIsEmpty]),
      (.deallocateShared(Self.address, size: 0, alignment: 1), [.sizeIsZero]),
      (.unshare(Self.address, endless, .both), [.overflow]),
      (.mapMMIO(AddressRange(uncheckedStart: 0x09ff_f000, size: 8192)), [.rangeIsOutside]),
      (.mapMMIO(AddressRange(uncheckedStart: .max - 15, size: 15)), [.overflow]),
    ]
    for (call, faults) in rows { #expect(Self.faults(open, call) == faults, "\(call)") }
  }

  @Test("A first-fit heap knows no top order, and an alignment takes no room")
  func firstFitHeap() {
    let model = Model(memory: TaggedMemory())
    var configuration = Configuration()
    configuration.heapRule = .firstFit
    model.reset(configuration, on: .pkvm, shown: [])
    func faults(_ size: UInt64, _ alignment: UInt64) -> [RequestFault] {
      Self.faults(model, .heapAllocate(size: size, alignment: alignment, zeroed: false))
    }
    #expect(faults(1 << 62, 1) == [] && faults(1, 1 << 63) == [])
    #expect(faults(0, 1) == [.sizeIsZero] && faults(1, 3) == [.alignmentIsNoPowerOfTwo])
    #expect(faults(.max, 1) == [.overflow] && faults(.max - 15, 1) == [])
    let address = PhysicalAddress(0x8000_1000)
    Self.play(
      model, .heapAllocate(size: 40, alignment: 4096, zeroed: false), .address(address, nil),
      .heapAllocate(Slot(0), size: 40, alignment: 4096, zeroed: false))
    func freeFaults(_ size: UInt64) -> [RequestFault] {
      Self.faults(model, .heapDeallocate(address, size: size, alignment: 4096))
    }
    #expect(freeFaults(40) == [] && freeFaults(33) == [] && freeFaults(48) == [])
    #expect(freeFaults(32) == [.notAllocated] && freeFaults(4096) == [.notAllocated])
  }

  @Test("A free is good only of what is live, with its own block size")
  func frees() {
    let model = Self.model()
    let region = AddressRange(uncheckedStart: 0x8000_0000, size: 4096)
    let call = GuestCall.allocateShared(size: 24, alignment: 1)
    model.begin(Step(.allocate(Slot(0), size: 24, alignment: 1)), .call(call))
    model.apply(.heapAllocated(region, alignment: region.size))
    model.end(.address(region.start, nil), other: nil)
    func faults(_ offset: UInt64, _ size: UInt64) -> [RequestFault] {
      let address = PhysicalAddress(region.start.rawValue + offset)
      return Self.faults(model, .deallocateShared(address, size: size, alignment: 1))
    }
    #expect(faults(0, 24) == [] && faults(0, 32) == [] && faults(0, 17) == [])
    #expect(faults(0, 16) == [.notAllocated] && faults(0, 33) == [.notAllocated])
    #expect(faults(16, 24) == [.notAllocated])
    #expect(
      Self.faults(model, .heapDeallocate(region.start, size: 24, alignment: 1)) == [.notAllocated])
    Self.play(model, .deallocateShared(region.start, size: 24, alignment: 1), .done)
    #expect(faults(0, 24) == [.notAllocated])
  }

  @Test("A record has room in whole words, beside those of the regions that there are")
  func records() {
    let model = Model(memory: TaggedMemory())
    func lack(of storage: UInt64, _ size: UInt64 = 16) -> UInt64? {
      model.reset(
        Configuration(), on: .pkvm, shown: [],
        storage: Storage(poolMetadataNeeded: 0, poolMetadata: 0, records: storage) { 8 + $0 })
      Self.play(model, .initialise(.standard, staticRange: nil), .done)
      let region = AddressRange(uncheckedStart: 0x8000_0000, size: 4096)
      model.begin(nil, .call(.allocateShared(size: 4096, alignment: 1)))
      model.apply(.heapAllocated(region, alignment: 4096))
      model.end(.address(region.start, nil), other: nil)
      model.begin(nil, .call(.allocateShared(size: size, alignment: 1)))
      return model.record.recordLack?.available
    }
    #expect(lack(of: 15, 8192) == 0 && lack(of: 16, 8192) == 7)
    #expect(lack(of: 24, 8192) == nil && lack(of: 24, 65536) == 15)
  }

  @Test("A region that goes back is no memory of the pool's any more")
  func returnedRegion() {
    let model = Self.model()
    let region = AddressRange(uncheckedStart: 0x8000_0000, size: 4096)
    model.begin(nil, .call(.allocateShared(size: 16, alignment: 1)))
    model.apply(.heapAllocated(region, alignment: 4096))
    model.end(.failed(.closed), other: nil)
    #expect(model.pool.contains(region) && model.regions == [region])
    model.begin(nil, .call(.unmapAllMMIO))
    model.apply(.heapFreed(region, alignment: 4096))
    #expect(!model.pool.contains(region) && model.regions == [])
  }

  @Test("Before an init and after the teardown every call of the pool is refused for that")
  func states() {
    let calls: [GuestCall] = [
      .allocateShared(size: 16, alignment: 1), .dmaAlloc(pages: 1, .both),
      .share(GuestBuffer(address: VirtualAddress(4096), size: 16), .both),
    ]
    for call in calls {
      #expect(Self.faults(Self.model(.uninitialised), call) == [.uninitialised])
      #expect(Self.faults(Self.model(.closed), call) == [.closed])
    }
    let again = GuestCall.initialise(.standard, staticRange: nil)
    #expect(Self.faults(Self.model(.closed), again) == [.closed])
    #expect(Self.faults(Self.model(.closed), .unshareAll) == [])
  }

  private static func model(_ state: Model.PoolState) -> Model { model(on: .pkvm, state) }

  @Test("A static range has the fault of the rule that it breaks, and only where one is wanted")
  func staticRanges() {
    let rows: [(Initialisation, RequestFault)] = [
      (.withoutRange, .noStaticRange), (.emptyRange, .rangeIsEmpty),
      (.overflowingRange, .overflow), (.unalignedAddress, .rangeIsMisaligned),
      (.unalignedSize, .rangeIsMisaligned), (.overlappingRange, .rangeOverlaps),
      (.outsideRange, .rangeIsOutside), (.rangeAtZero, .rangeAtZero),
      (.crowdedMap, .tooManyRegions),
    ]
    for (kind, fault) in rows {
      let call = GuestCall.initialise(kind, staticRange: nil)
      #expect(Self.faults(Self.model(on: .gunyah, .uninitialised), call).first == fault)
      #expect(Self.faults(Self.model(on: .pkvm, .uninitialised), call) == [])
    }
  }

  @Test("MMIO is refused where it is mapped already, and where nobody guards it")
  func mmio() {
    let model = Self.model()
    Self.play(model, .mapMMIO(Self.pages), .done)
    #expect(Self.faults(model, .mapMMIO(Self.pages)) == [.alreadyMapped])
    let next = AddressRange(uncheckedStart: Self.pages.end.rawValue, size: 4096)
    #expect(Self.faults(model, .mapMMIO(next)) == [])
    #expect(Self.faults(Self.model(on: .gunyah), .mapMMIO(next)) == [.noGuard])
    Self.play(model, .unmapAllMMIO, .unmapped(MMIOReport(unmapped: 1, stillMapped: 0)))
    #expect(Self.faults(model, .mapMMIO(Self.pages)) == [])
  }

  @Test("An init is refused for want of metadata, or of a whole block in the static range")
  func scantInits() {
    let model = Model(memory: TaggedMemory())
    let initialise = GuestCall.initialise(.standard, staticRange: nil)
    model.reset(
      Configuration(), on: .pkvm, shown: [],
      storage: Storage(poolMetadataNeeded: 9, poolMetadata: 8, records: 0) { _ in 0 })
    #expect(Self.faults(model, initialise) == [.metadataIsScant])
    var configuration = Configuration()
    configuration.minimumBlock = 1 << 20
    configuration.staticPages = 1
    model.reset(configuration, on: .gunyah, shown: [])
    #expect(Self.faults(model, initialise) == [.rangeIsEmpty])
  }

  @Test("A window of MMIO has all of the granules that it touches")
  func mmioWindows() {
    let start = Self.pages.start.rawValue
    for window in [start..<start + 512, start + 4096 - 512..<start + 4096] {
      let range = AddressRange(
        uncheckedStart: window.lowerBound, size: window.upperBound - window.lowerBound)
      let model = Self.model()
      Self.play(model, .mapMMIO(range), .done)
      #expect(Self.faults(model, .mapMMIO(Self.pages)) == [.alreadyMapped])
    }
  }

  @Test("The guard keeps a record of each region, and one at least of what is stuck")
  func mmioRecords() {
    let model = Model(memory: TaggedMemory())
    var configuration = Configuration()
    configuration.mmioRecords = 1
    let next = AddressRange(uncheckedStart: Self.pages.end.rawValue, size: 4096)
    for isStuck in [false, true] {
      model.reset(configuration, on: .pkvm, shown: [])
      Self.play(model, .mapMMIO(Self.pages), .done)
      if isStuck {
        model.begin(nil, .call(.unmapAllMMIO))
        let asked = HypercallRegisters(
          calling: .mmioGuardUnmap, at: Self.pages.start.rawValue)
        model.apply(
          .hypercall(
            HypercallEvent(
              asked: asked, answer: UInt64(bitPattern: -3), effect: .none, fault: .fails)))
        model.end(.unmapped(MMIOReport(unmapped: 0, stillMapped: 1)), other: nil)
      }
      #expect(Self.faults(model, .mapMMIO(next)) == [.tooManyRegions])
    }
  }

  @Test("A detection is refused for a UUID that is nobody's, and for a guard without a granule")
  func detections() {
    let rows: [(Backend, Disguise, [RequestFault])] = [
      (.pkvm, .firstWordDiffers, [.hypervisorIsUnknown]), (.kvm, .none, [.hypervisorIsUnknown]),
      (.pkvm, .guardGranuleIsBroken, [.mmioGuardIsBroken]),
      (.kvm, .guardInfoFails, [.mmioGuardIsBroken]), (.gunyah, .guardInfoFails, []),
    ]
    for (backend, disguise, faults) in rows {
      let model = Model(memory: TaggedMemory())
      var configuration = Configuration()
      configuration.disguise = disguise
      model.reset(configuration, on: backend, shown: [])
      #expect(Self.faults(model, .detect) == faults, "\(backend.id) \(disguise)")
    }
  }

  @Test("Answers are good and bad as the table of hypercalls says")
  func answers() {
    let error = UInt64(bitPattern: -3)
    let good: [(HypercallFunction, UInt64, Backend)] = [
      (.memInfo, 4096, .pkvm), (.memInfo, 1, .pkvm), (.memShare, 0, .pkvm),
      (.memUnshare, 0, .genieZone), (.mmioGuardInfo, 4096, .pkvm), (.mmioGuardEnroll, 0, .pkvm),
      (.mmioGuardMap, 0, .pkvm), (.mmioGuardUnmap, 0, .pkvm),
      // Android 13 answers MAP and UNMAP in the lower word, and -1 to a good UNMAP.
      (.mmioGuardMap, 0xDEAD_BEEF_0000_0000, .pkvmAndroid13),
      (.mmioGuardUnmap, 0xDEAD_BEEF_0000_0000, .pkvmAndroid13),
      (.mmioGuardUnmap, 0xDEAD_BEEF_FFFF_FFFF, .pkvmAndroid13),
    ]
    let bad: [(HypercallFunction, UInt64, Backend)] = [
      (.memInfo, 0, .pkvm), (.memInfo, 3, .pkvm), (.memInfo, error, .pkvm),
      // A power of two, if it were not negative.
      (.memInfo, 1 << 63, .pkvm), (.memShare, error, .pkvm),
      // A positive answer is an error where 0 is wanted, and so is garbage above the lower word.
      (.memShare, 1, .pkvm), (.memUnshare, 1, .pkvm), (.memShare, 1 << 32, .pkvmAndroid13),
      (.mmioGuardEnroll, error, .pkvm), (.mmioGuardEnroll, 1, .pkvm),
      (.mmioGuardInfo, error, .pkvm), (.mmioGuardInfo, 0, .pkvm), (.mmioGuardInfo, 6144, .pkvm),
      (.mmioGuardInfo, UInt64(bitPattern: -4096), .pkvm),
      (.mmioGuardMap, 0xDEAD_BEEF_0000_0000, .pkvm),
      (.mmioGuardUnmap, UInt64(bitPattern: -1), .pkvm),
      (.mmioGuardMap, UInt64(bitPattern: -1), .pkvmAndroid13),
      (.mmioGuardUnmap, 0xDEAD_BEEF_FFFF_FFFD, .pkvmAndroid13),
    ]
    for (function, answer, backend) in good {
      #expect(!Self.hasFailed(function, answer, backend), "\(function) \(hex(answer))")
    }
    for (function, answer, backend) in bad {
      #expect(Self.hasFailed(function, answer, backend), "\(function) \(hex(answer))")
    }
  }

  private static func hasFailed(
    _ function: HypercallFunction, _ answer: UInt64, _ backend: Backend
  ) -> Bool {
    let model = model(on: backend)
    model.begin(nil, .nothing)
    let asked = HypercallRegisters(calling: function, at: 4096)
    model.apply(
      .hypercall(HypercallEvent(asked: asked, answer: answer, effect: .none, fault: nil)))
    return model.record.hypercallFailed
  }
}
