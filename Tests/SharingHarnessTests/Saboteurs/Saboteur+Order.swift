import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs that make one port call otherwise than the specification wants it: another function,
// another address, another size, too early, or not at all.

extension Saboteur {
  static let order = refills + inits + returns + guards

  private static let refills: [Saboteur] = [
    refill("shares the granules of a region in turn from the last", size: 8192) { system, region in
      system.hypercall(.memShare, region.start.rawValue + 4096)
      system.hypercall(.memShare, region.start.rawValue)
    },
    refill("takes back what it has just shared", size: 8192) { system, region in
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memUnshare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue + 4096)
    },
    refill("shares half of a region", beside: unshared, size: 8192) { system, region in
      system.hypercall(.memShare, region.start.rawValue)
    },
    refill("asks who is there instead of sharing", beside: unshared, size: 4096) {
      system, region in
      system.hypercall(.vendorUID, region.start.rawValue)
    },
    refill("shares what it should take back", size: 4096, fault: 1) { system, region in
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue)
    },
    refill("asks for a region of another alignment", size: 4096, alignment: 16) { system, region in
      system.hypercall(.memShare, region.start.rawValue)
    },
    protocolBreach("takes two granules for one, aligned to one", [.allocate(.a)]) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(2)
      system.reportTaking(of: region, alignment: system.granule)
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue + system.granule)
      return .address(region.start, nil)
    },
    asks("asks for a region of another size") { Layout(uncheckedSize: $0 * 2, alignment: $0) },
    asks("asks for a region of another alignment than it may") {
      Layout(uncheckedSize: $0, alignment: $0 * 2)
    },
  ]

  private static let unshared = ["live-buffers-lie-in-shared-granules"]

  /// A saboteur with a refill of its own for a buffer of this size, which fails or not as it likes.
  private static func refill(
    _ deed: String, beside: [String] = [], size: UInt64, alignment: UInt64? = nil,
    fault position: Int? = nil,
    _ share: @escaping @Sendable (Sabotage, AddressRange) -> Void
  ) -> Saboteur {
    let fault = position.map { CommandFault.hypercall(position: $0, .fails) }
    let step = Step(.allocate(.a, size: size, alignment: 1), fault: fault)
    return protocolBreach(deed, beside: beside, [step]) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(size / system.granule)
      system.reportTaking(of: region, alignment: alignment)
      share(system, region)
      return position == nil ? .address(region.start, nil) : .failedShare(at: region.start.rawValue)
    }
  }

  /// A saboteur to which the heap refuses what it should not ask for.
  private static func asks(
    _ deed: String, _ layout: @escaping @Sendable (UInt64) -> Layout
  ) -> Saboteur {
    protocolBreach(deed, [Step(.allocate(.a, size: 4096, alignment: 1), fault: .heapAllocation)]) {
      call, system in
      guard case .allocateShared(let size, let alignment) = call else { return system.honest(call) }
      system.machine.events.send(.heapRefused(layout(system.granule), onPurpose: true))
      return .failed(.exhausted(Layout(uncheckedSize: size, alignment: alignment)))
    }
  }

  private static func protocolBreach(
    _ deed: String, on backend: Backend = .pkvm, beside: [String] = [], _ steps: [Step],
    _ tamper: @escaping @Sendable (GuestCall, Sabotage) -> Outcome
  ) -> Saboteur {
    Saboteur(
      "calls-follow-the-protocol", deed, on: backend, shown: [.contract, .callOrder],
      beside: beside, steps,
      tamper: tamper)
  }

  private static let inits: [Saboteur] = [
    protocolBreach("asks who is there in its init", beside: ["granule-is-asked-once"], []) {
      call, system in
      guard case .initialise = call else { return system.honest(call) }
      system.hypercall(.vendorUID)
      return .done
    },
    protocolBreach(
      "asks for the granule of an address", beside: ["granule-is-asked-once"], []
    ) { call, system in
      guard case .initialise = call else { return system.honest(call) }
      system.hypercall(.memInfo, 4096)
      return .done
    },
  ]

  private static let returns: [Saboteur] = [
    protocolBreach(
      "gives a region back before all of its granules", [.allocate(.a, 8192), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      let start = system.firstGranules(1).start.rawValue
      system.hypercall(.memUnshare, start)
      system.machine.events.send(.heapRefusedFree(system.firstGranules(2)))
      system.hypercall(.memUnshare, start + 4096)
      return .unshared(UnshareReport())
    },
    protocolBreach(
      "asks who is there instead of taking back", beside: ["nothing-is-shared-after-teardown"],
      [.allocate(.a), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      system.hypercall(.vendorUID, system.firstGranules(1).start.rawValue)
      system.machine.events.send(.heapRefusedFree(system.firstGranules(1)))
      return .unshared(UnshareReport())
    },
    protocolBreach(
      "gives back a region in the middle of a buffer's life", on: .kvm,
      [.allocate(.a, 4096), .free(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .deallocateShared = call { system.reportReturn(of: system.firstGranules(1)) }
      return outcome
    },
  ]

  private static let guards: [Saboteur] = [
    protocolBreach("maps nothing", beside: ["mmio-guard-is-balanced"], [.mapMMIO(0)]) {
      call, system in
      guard case .mapMMIO = call else { return system.honest(call) }
      return .done
    },
    protocolBreach(
      "maps a page less", beside: ["mmio-guard-is-balanced"], [.mapMMIO(0, pages: 2)]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      system.hypercall(.mmioGuardMap, range.start.rawValue)
      return .done
    },
    protocolBreach("maps with a third argument", [.mapMMIO(0)]) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      _ = system.machine.monitor.call(
        HypercallRegisters(
          UInt64(HypercallFunction.mmioGuardMap.rawValue), range.start.rawValue, 0, 1))
      return .done
    },
    protocolBreach(
      "enrolls instead of mapping", beside: ["mmio-guard-is-balanced"], [.mapMMIO(0)]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      system.hypercall(.mmioGuardEnroll, range.start.rawValue)
      return .done
    },
    protocolBreach(
      "enrolls again when it unmaps", beside: ["mmio-guard-is-balanced"],
      [.mapMMIO(0), .unmapAllMMIO]
    ) { call, system in
      guard case .unmapAllMMIO = call else { return system.honest(call) }
      system.hypercall(.mmioGuardEnroll, Configuration().deviceMemory.start.rawValue)
      return .unmapped(MMIOReport(unmapped: 1, stillMapped: 0))
    },
    protocolBreach(
      "does not undo a map that fails", beside: ["failed-calls-leave-no-trace"],
      [Step(.mapMMIO(page: 0, pages: 2, .whole), fault: .hypercall(position: 2, .fails))]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      system.hypercall(.mmioGuardMap, range.start.rawValue)
      system.hypercall(.mmioGuardMap, range.start.rawValue + 4096)
      return .failed(
        .hypercallFailed(
          function: HypercallFunction.mmioGuardMap.rawValue, address: range.start.rawValue + 4096,
          answer: -3))
    },
  ]
}
