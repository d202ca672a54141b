import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what a call does beside its duty: the bytes that it touches, what its errors and
// reports say, and the calls that it makes.

extension Saboteur {
  static let beside = frame + evidence + reports + protocolCalls

  private static let frame: [Saboteur] = [
    Saboteur(
      "calls-stay-in-their-frame", "zeroes the driver's own buffer before it sends it",
      beside: ["bounce-copies-follow-the-direction"], [.share(.a, .driverToDevice)]
    ) { call, system in
      if case .share(let buffer, _) = call { system.machine.memory.zero(system.bytes(of: buffer)) }
      return system.honest(call)
    },
    Saboteur(
      "calls-stay-in-their-frame", "wipes what lies before the driver's buffer",
      [.share(.a, .both), .free(.a)]
    ) { call, system in
      if case .unshare(_, let buffer, _) = call {
        let start = system.bytes(of: buffer).start.rawValue - 64
        system.machine.memory.zero(AddressRange(uncheckedStart: start, size: 64))
      }
      return system.honest(call)
    },
    Saboteur(
      "calls-stay-in-their-frame", "copies back, and then refuses",
      [.share(.a, .both, size: 64), .free(.a, .double)]
    ) { call, system in
      if case .unshare(let bounce, let buffer, _) = call {
        system.machine.memory.copy(
          from: bounce, to: system.bytes(of: buffer).start, size: buffer.size)
      }
      return system.honest(call)
    },
    Saboteur(
      "calls-stay-in-their-frame", "wipes the page after a region that goes back",
      [.allocate(.a), .unshareAll]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append(system.granule(of: $0).end) }
      if case .unshared = outcome {
        system.machine.memory.zero(
          AddressRange(uncheckedStart: system.kept[0].rawValue, size: 4096))
      }
      return outcome
    },
    Saboteur(
      "calls-stay-in-their-frame", "zeroes free memory of the pool when a buffer is freed",
      shown: [.contract, .pooling], [.allocate(.a), .free(.a)]
    ) { call, system in
      if case .deallocateShared(let address, _, _) = call {
        system.machine.memory.zero(
          AddressRange(uncheckedStart: address.rawValue + 1024, size: 16))
      }
      return system.honest(call)
    },
    Saboteur(
      "calls-stay-in-their-frame", "reads another bounce buffer than the one it ends",
      [.share(.a, .both), .share(.b, .both), .free(.a)]
    ) { call, system in
      if case .unshare(_, let buffer, _) = call, system.kept.count == 2 {
        system.machine.memory.copy(
          from: system.kept[1], to: system.bytes(of: buffer).start, size: buffer.size)
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "storage-is-not-overrun", "writes a byte after its storage", [.allocate(.a)]
    ) { call, system in
      if case .allocateShared = call {
        system.machine.storage(5, bytes: 24).baseAddress?.storeBytes(
          of: 0, toByteOffset: 24, as: UInt8.self)
      }
      return system.honest(call)
    },
    Saboteur(
      "storage-is-not-overrun", "writes a word before its storage", [.allocate(.a)]
    ) { call, system in
      if case .allocateShared = call {
        system.machine.storage(5, bytes: 0).baseAddress?.storeBytes(
          of: 0, toByteOffset: -8, as: UInt64.self)
      }
      return system.honest(call)
    },
    Saboteur(
      "returned-memory-is-scrubbed", "keeps a region as the host left it",
      [.allocate(.a, 8192), .pin(.a), .scribble, .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) { system.kept.append($0) } }
      for place in 0..<2 as Range<UInt64> {
        system.hypercall(.memUnshare, system.kept[0].rawValue + place * system.granule)
      }
      return .unshared(UnshareReport())
    },
    Saboteur(
      "regions-go-back-as-they-came", "gives a region back with another alignment",
      [.allocate(.a), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else {
        return system.honest(call) { system.kept.append(system.granule(of: $0).start) }
      }
      system.hypercall(.memUnshare, system.kept[0].rawValue)
      system.machine.events.send(.heapFreed(system.granule(of: system.kept[0]), alignment: 16))
      return .unshared(UnshareReport())
    },
    Saboteur(
      "regions-go-back-as-they-came", "gives half a region back", on: .kvm,
      [.allocate(.a, 4096), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) { system.kept.append($0) } }
      system.reportReturn(of: AddressRange(uncheckedStart: system.kept[0].rawValue, size: 2048))
      return .unshared(UnshareReport())
    },
  ]

  /// Refuses a page of two, and the second granule of a region.
  private static let failingShare = Step(
    .allocate(.a, size: 8192, alignment: 1), fault: .hypercall(position: 2, .fails))

  private static let evidence: [Saboteur] = [
    error("tells a failed SHARE as exhaustion", [failingShare]) { error in
      guard case .hypercallFailed = error else { return error }
      return .exhausted(Layout(uncheckedSize: 8192, alignment: 1))
    },
    error("names address 0 of a failed SHARE", [failingShare]) { error in
      guard case .hypercallFailed(let function, _, let answer) = error else { return error }
      return .hypercallFailed(function: function, address: 0, answer: answer)
    },
    error("names the first granule of a region whose second fails", [failingShare]) { error in
      guard case .hypercallFailed(let function, let address, let answer) = error else {
        return error
      }
      return .hypercallFailed(function: function, address: address - 4096, answer: answer)
    },
    error("names another function", [failingShare]) { error in
      guard case .hypercallFailed(_, let address, let answer) = error else { return error }
      return .hypercallFailed(
        function: HypercallFunction.memUnshare.rawValue, address: address, answer: answer)
    },
    error("names another answer", [failingShare]) { error in
      guard case .hypercallFailed(let function, let address, _) = error else { return error }
      return .hypercallFailed(function: function, address: address, answer: -1)
    },
    error("says that the pool is closed where a SHARE failed", [failingShare]) { error in
      guard case .hypercallFailed = error else { return error }
      return .closed
    },
    error("takes a failed SHARE for a broken granule", [failingShare]) { error in
      guard case .hypercallFailed(_, _, let answer) = error else { return error }
      return .granuleIsNotAPowerOfTwo(UInt64(bitPattern: answer))
    },
    error(
      "takes a broken granule for a failed call", machine: .with { $0.startsInitialised = false },
      [Step(.initialise(.standard), fault: .hypercall(position: 1, .answersGarbage(3)))]
    ) { error in
      guard case .granuleIsNotAPowerOfTwo(let bytes) = error else { return error }
      return .hypercallFailed(
        function: HypercallFunction.memInfo.rawValue, address: 0, answer: Int64(bytes))
    },
    error("tells a free of another size with address 0", [.allocate(.a, 64), .free(.a, .double)]) {
      error in
      guard case .allocatedWithAnotherLayout = error else { return error }
      return .allocatedWithAnotherLayout(PhysicalAddress(0))
    },
    error(
      "takes a free of another size for one of nothing", [.allocate(.a, 64), .free(.a, .double)]
    ) { error in
      guard case .allocatedWithAnotherLayout(let address) = error else { return error }
      return .notAllocated(address)
    },
    error("takes a double free for one of another size", [.allocate(.a), .free(.a), .free(.a)]) {
      error in
      guard case .notAllocated(let address) = error else { return error }
      return .allocatedWithAnotherLayout(address)
    },
    error("names another size than was asked", [.allocate(.a, 1 << 40)]) { error in
      guard case .largerThanTheTopOrder = error else { return error }
      return .largerThanTheTopOrder(Layout(uncheckedSize: 1 << 41, alignment: 1))
    },
    error("names another alignment than was asked", [.allocate(.a, aligned: 3)]) { _ in
      .alignmentIsNotAPowerOfTwo(5)
    },
    error("is exhausted of something that nobody asked for", [.allocate(.a, 1 << 18)]) { error in
      guard case .exhausted = error else { return error }
      return .exhausted(Layout(uncheckedSize: 1, alignment: 1))
    },
    error("names a page that is not mapped", [.mapMMIO(1), .mapMMIO(1)]) { error in
      guard case .alreadyMapped(let page) = error else { return error }
      return .alreadyMapped(PhysicalAddress(page.rawValue + 4096))
    },
    error(
      "names another range than was given", on: .gunyah,
      machine: .with { $0.startsInitialised = false },
      [.initialise(.outsideRange)]
    ) { _ in .rangeIsOutside(AddressRange(uncheckedStart: 4096, size: 4096)) },
  ]

  /// A saboteur that changes the errors of the core.
  static func error(
    _ deed: String, on backend: Backend = .pkvm, shown: Capabilities = .contract,
    beside: [String] = [], machine: Configuration = Configuration(), _ steps: [Step],
    _ change: @escaping @Sendable (ShareError) -> ShareError
  ) -> Saboteur {
    Saboteur(
      "errors-tell-what-happened", deed, on: backend, shown: shown, beside: beside,
      machine: machine, steps
    ) { call, system in
      let outcome = system.honest(call)
      guard case .failed(let error) = outcome else { return outcome }
      return .failed(change(error))
    }
  }

  private static let reports: [Saboteur] = [
    report("boasts of granules that it did not unshare", [.allocate(.a), .unshareAll]) {
      $0.granulesUnshared += 1
    },
    report("hides a region that it gave back", [.allocate(.a), .unshareAll]) {
      $0.regionsReturned = 0
    },
    report("hides a region that it kept", [.allocate(.a, 8192), .pin(.a), .unshareAll]) {
      $0.regionsKept = 0
    },
    report("counts regions of a static pool", on: .gunyah, [.allocate(.a), .unshareAll]) {
      $0.regionsReturned = 1
    },
    report("counts losses of a static pool", on: .gunyah, [.allocate(.a), .unshareAll]) {
      $0.granulesQuarantined = 1
    },
    mmioReport("counts a page too many") { MMIOReport(unmapped: $0.unmapped + 1, stillMapped: 0) },
    mmioReport(
      "hides a page that is stuck", Step(.unmapAllMMIO, fault: .hypercall(position: 1, .fails))
    ) { MMIOReport(unmapped: $0.unmapped, stillMapped: 0) },
    Saboteur(
      "losses-are-reported", "lists a granule that is not lost", shown: [.contract, .reports],
      [.allocate(.a), .unshareAll],
      look: { $0.quarantine?.insert(AddressRange(uncheckedStart: 0x8000_0000, size: 4096)) }),
    Saboteur(
      "losses-are-reported", "does not list the region of a lost granule",
      shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll],
      look: { $0.quarantineRegions.removeAll() }),
    Saboteur(
      "losses-are-reported", "lists a region that lost nothing", shown: [.contract, .reports],
      [.allocate(.a, 8192), .allocate(.b, 8192), Step(.unshareAll, fault: .heapFree(position: 1))],
      look: {
        $0.quarantineRegions.append(AddressRange(uncheckedStart: 0x8000_2000, size: 8192))
      }),
    Saboteur(
      "losses-are-reported", "abandons another granule than the one that is lost",
      shown: [.contract, .reports], [.allocate(.a, 8192), .pin(.a)]
    ) { call, system in
      guard case .drop = call else {
        return system.honest(call) { system.kept.append(system.granule(of: $0).start) }
      }
      for place in 0..<2 as Range<UInt64> {
        system.hypercall(.memUnshare, system.kept[0].rawValue + place * system.granule)
      }
      let other = PhysicalAddress(system.kept[0].rawValue + system.granule)
      system.machine.monitor.abandon(system.granule(of: other))
      return .done
    },
  ]

  /// A saboteur that changes the report of the teardown.
  private static func report(
    _ deed: String, on backend: Backend = .pkvm, _ steps: [Step],
    _ change: @escaping @Sendable (inout UnshareReport) -> Void
  ) -> Saboteur {
    Saboteur("reports-count-what-was-done", deed, on: backend, shown: [.contract, .reports], steps)
    {
      call, system in
      let outcome = system.honest(call)
      guard case .unshared(var report) = outcome else { return outcome }
      change(&report)
      return .unshared(report)
    }
  }

  /// A saboteur that changes the report of unmapping.
  private static func mmioReport(
    _ deed: String, _ unmap: Step = .unmapAllMMIO,
    _ change: @escaping @Sendable (MMIOReport) -> MMIOReport
  ) -> Saboteur {
    Saboteur(
      "reports-count-what-was-done", deed, shown: [.contract, .reports], [.mapMMIO(1), unmap]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .unmapped(let report) = outcome else { return outcome }
      return .unmapped(change(report))
    }
  }

  private static let protocolCalls: [Saboteur] = [
    teardown("takes the granules of a region back from the last one", [.allocate(.a, 8192)]) {
      system, start in
      system.hypercall(.memUnshare, start + 4096)
      system.hypercall(.memUnshare, start)
      system.reportReturn(of: AddressRange(uncheckedStart: start, size: 8192))
    },
    teardown(
      "gives the first region back first", on: .kvm, [.allocate(.a, 4096), .allocate(.b, 4096)]
    ) { system, start in
      system.reportReturn(of: AddressRange(uncheckedStart: start, size: 4096))
      system.reportReturn(of: AddressRange(uncheckedStart: start + 4096, size: 4096))
    },
    teardown("does not stop at what it may call", [.allocate(.a)]) { system, start in
      system.hypercall(.memUnshare, start)
      system.reportReturn(of: AddressRange(uncheckedStart: start, size: 4096))
      system.hypercall(.vendorUID)
    },
    teardown("calls a function that nobody knows", []) { system, _ in
      _ = system.machine.monitor.call(HypercallRegisters(0xC600_00FF))
    },
    Saboteur(
      "calls-follow-the-protocol", "tries a failed UNSHARE again", shown: [.contract, .callOrder],
      [.allocate(.a, 8192), .pin(.a), .unshareAll]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append(system.granule(of: $0).start) }
      if case .unshared = outcome { system.hypercall(.memUnshare, system.kept[0].rawValue) }
      return outcome
    },
    refill("loses what a probe would have cleared", fault: 1) { system, region in
      let answer = system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memUnshare, region.start.rawValue)
      return .failed(
        .hypercallFailed(
          function: HypercallFunction.memShare.rawValue, address: region.start.rawValue,
          answer: Int64(bitPattern: answer)))
    },
    refill("passes a number of granules in x2", on: .pkvmNewer) { system, region in
      _ = system.machine.monitor.call(
        HypercallRegisters(
          UInt64(HypercallFunction.memShare.rawValue), region.start.rawValue, 1))
      return .address(region.start, nil)
    },
    refill("takes a region of twice the size", granules: 2) { system, region in
      for place in 0..<2 as Range<UInt64> {
        system.hypercall(.memShare, region.start.rawValue + place * system.granule)
      }
      return .address(region.start, nil)
    },
    Saboteur(
      "calls-follow-the-protocol", "maps from the last page on", shown: [.contract, .callOrder],
      [.mapMMIO(0, pages: 2)]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      system.hypercall(.mmioGuardMap, range.start.rawValue + 4096)
      system.hypercall(.mmioGuardMap, range.start.rawValue)
      return .done
    },
    Saboteur(
      "calls-follow-the-protocol", "unmaps the page that was mapped first, first",
      shown: [.contract, .callOrder], [.mapMMIO(0, pages: 2), .unmapAllMMIO]
    ) { call, system in
      guard case .unmapAllMMIO = call else { return system.honest(call) }
      system.hypercall(.mmioGuardUnmap, Configuration().deviceMemory.start.rawValue)
      system.hypercall(.mmioGuardUnmap, Configuration().deviceMemory.start.rawValue + 4096)
      return .unmapped(MMIOReport(unmapped: 2, stillMapped: 0))
    },
  ]

  /// A saboteur with a teardown of its own, from the first address of the first region on.
  private static func teardown(
    _ deed: String, on backend: Backend = .pkvm, _ steps: [Step],
    _ tearDown: @escaping @Sendable (Sabotage, UInt64) -> Void
  ) -> Saboteur {
    Saboteur(
      "calls-follow-the-protocol", deed, on: backend, shown: [.contract, .callOrder],
      steps + [.unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      tearDown(system, system.machine.configuration.arena.start.rawValue)
      return .unshared(UnshareReport())
    }
  }

  /// A saboteur with a refill of its own, of granules at the start of the arena.
  private static func refill(
    _ deed: String, on backend: Backend = .pkvm, granules: UInt64 = 1, fault position: Int? = nil,
    _ share: @escaping @Sendable (Sabotage, AddressRange) -> Outcome
  ) -> Saboteur {
    let fault = position.map { CommandFault.hypercall(position: $0, .fails) }
    let step = Step(.allocate(.a, size: 16, alignment: 1), fault: fault)
    return Saboteur(
      "calls-follow-the-protocol", deed, on: backend, shown: [.contract, .callOrder], [step]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let start = system.machine.configuration.arena.start.rawValue
      let region = AddressRange(uncheckedStart: start, size: granules * system.granule)
      system.machine.memory.zero(region)
      system.machine.events.send(.heapAllocated(region, alignment: region.size))
      return share(system, region)
    }
  }
}

extension Sabotage {
  /// Where a driver's buffer lies.
  func bytes(of buffer: GuestBuffer) -> AddressRange {
    AddressRange(
      uncheckedStart: machine.memory.physicalAddress(of: buffer.address).rawValue,
      size: buffer.size)
  }
}
