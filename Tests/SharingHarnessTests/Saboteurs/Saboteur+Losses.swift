import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what is shared, lost, kept and mapped, where something else nearby is as it should
// be: an excuse for one granule or region must not be one for another.

extension Saboteur {
  static let losses = sharing + quarantine + teardowns + scrubbing + lists + mmio

  private static let sharing: [Saboteur] = [
    Saboteur(
      "private-memory-is-never-shared", "shares a region and the granule after it", on: .pkvmNewer,
      [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      system.machine.memory.zero(system.firstGranules(2))
      system.reportTaking(of: system.firstGranules(1))
      let start = system.firstGranules(1).start
      _ = system.machine.monitor.call(
        HypercallRegisters(UInt64(HypercallFunction.memShare.rawValue), start.rawValue, 2))
      return .address(start, nil)
    },
    Saboteur(
      "private-memory-is-never-shared", "asks for the granule once more, then shares a foreign one",
      beside: ["granule-is-asked-once"], [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      system.machine.memory.zero(system.firstGranules(1))
      system.hypercall(.memInfo)
      system.hypercall(.memShare, system.firstGranules(1).start.rawValue)
      return system.honest(call)
    },
    Saboteur(
      "private-memory-is-never-shared", "shares a foreign granule, then asks for the granule again",
      [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      system.machine.memory.zero(system.firstGranules(1))
      system.hypercall(.memShare, system.firstGranules(1).start.rawValue)
      system.hypercall(.memInfo)
      return system.honest(call)
    },
    Saboteur(
      "private-memory-is-never-shared", "gives back a region of which half is shared",
      [.allocate(.a, 8192), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      system.reportReturn(of: system.firstGranules(2))
      return .unshared(UnshareReport())
    },
    Saboteur(
      "granules-are-shared-once", "shares a granule again after another one's SHARE failed",
      [.allocate(.a), Step(.allocate(.b, size: 16, alignment: 1), fault: failure)]
    ) { call, system in
      if let first = system.kept.first {
        system.hypercall(.memShare, system.privateGranule.start.rawValue)
        system.hypercall(.memShare, system.granule(of: first).start.rawValue)
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "granules-are-shared-once", "unshares what was lost without being shared",
      [.standingFault(.fails), .allocate(.a), .standingFault(nil), .heapAllocate(.b)]
    ) { call, system in
      if case .heapAllocate = call {
        system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      }
      return system.honest(call)
    },
    Saboteur(
      "hypercalls-are-granule-aligned", "shares a granule by an address inside it", [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(1)
      system.reportTaking(of: region)
      system.hypercall(.memShare, region.start.rawValue + 16)
      return .address(region.start, nil)
    },
    Saboteur(
      "granule-is-asked-once", "asks for the granule twice in its init", []
    ) { call, system in
      if case .initialise = call { system.hypercall(.memInfo) }
      return system.honest(call)
    },
    staticCall("asks Gunyah to share", on: .gunyah, .memShare),
    staticCall("asks Gunyah to unshare", on: .gunyah, .memUnshare),
    staticCall("asks plain KVM for a granule", on: .kvm, .memInfo),
    Saboteur(
      "fresh-memory-is-zero", "shares a granule again as the host left it",
      [.allocate(.a), .scribble, .free(.a), .allocate(.b)]
    ) { call, system in
      if case .allocateShared = call, let first = system.kept.first {
        system.hypercall(.memUnshare, system.granule(of: first).start.rawValue)
        system.hypercall(.memShare, system.granule(of: first).start.rawValue)
      }
      return system.honest(call) { system.kept.append($0) }
    },
  ]

  /// A saboteur that calls what a static or heap-mode pool never calls.
  private static func staticCall(
    _ deed: String, on backend: Backend, _ function: HypercallFunction
  ) -> Saboteur {
    Saboteur("static-pools-make-no-hypercall", deed, on: backend, [.allocate(.a)]) { call, system in
      if case .allocateShared = call { system.hypercall(function) }
      return system.honest(call)
    }
  }

  /// The first hypercall of a step fails.
  private static let failure = CommandFault.hypercall(position: 1, .fails)

  /// A buffer of two granules, in whose refill the first hypercall goes wrong.
  private static func pair(_ mode: FaultMode, at position: Int = 1) -> Step {
    Step(.allocate(.a, size: 8192, alignment: 1), fault: .hypercall(position: position, mode))
  }

  private static let quarantine: [Saboteur] = [
    Saboteur(
      "quarantine-is-never-reused", "gives a lost granule back to the heap, later",
      [.standingFault(.fails), .allocate(.a), .standingFault(nil), .heapAllocate(.b)]
    ) { call, system in
      if case .heapAllocate = call { system.reportReturn(of: system.firstGranules(1)) }
      return system.honest(call)
    },
    Saboteur(
      "quarantine-is-never-reused", "takes a lost granule from the heap",
      [.standingFault(.fails), .allocate(.a), .standingFault(nil), .allocate(.b)]
    ) { call, system in
      if system.kept.isEmpty {
        if case .allocateShared = call { system.kept.append(system.firstGranules(1).start) }
      } else {
        system.reportTaking(of: system.firstGranules(1))
      }
      return system.honest(call)
    },
    Saboteur(
      "quarantine-is-never-reused", "gives a region back of which some is lost",
      [pair(.fails), .heapAllocate(.b)]
    ) { call, system in
      if case .heapAllocate = call { system.reportReturn(of: system.firstGranules(2)) }
      guard case .allocateShared = call else { return system.honest(call) }
      system.reportTaking(of: system.firstGranules(2))
      let second = system.firstGranules(1).end.rawValue
      system.hypercall(.memShare, second)
      return .failedShare(at: second)
    },
    Saboteur(
      "quarantine-is-never-reused", "hands out a buffer that reaches into a lost granule",
      [pair(.failsButTakesEffect, at: 2)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(2)
      system.reportTaking(of: region)
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue + 4096)
      return .address(region.start, nil)
    },
  ]

  private static let teardowns: [Saboteur] = [
    Saboteur(
      "nothing-is-shared-after-teardown", "leaves everything as it is when it is dropped",
      beside: ["the-heap-is-whole-after-teardown"], [.allocate(.a)]
    ) { call, system in
      if case .drop = call { return .done }
      return system.honest(call)
    },
    Saboteur(
      "the-heap-is-whole-after-teardown", "keeps its regions when it is dropped", on: .kvm,
      [.allocate(.a)]
    ) { call, system in
      if case .drop = call { return .done }
      return system.honest(call)
    },
    Saboteur(
      "the-heap-is-whole-after-teardown", "keeps a region beside one that is lost",
      [.allocate(.a, 4096), .allocate(.b, 4096), .pin(.a), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else {
        return system.honest(call) { system.kept.append($0) }
      }
      for region in system.kept { system.hypercall(.memUnshare, region.rawValue) }
      return .unshared(UnshareReport())
    },
    Saboteur(
      "the-heap-is-whole-after-teardown", "keeps a region beside one that the heap refused",
      [.allocate(.a, 4096), .allocate(.b, 4096), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else {
        return system.honest(call) { system.kept.append($0) }
      }
      for region in system.kept { system.hypercall(.memUnshare, region.rawValue) }
      system.machine.events.send(.heapRefusedFree(system.granule(of: system.kept[0])))
      return .unshared(UnshareReport())
    },
    Saboteur(
      "regions-go-back-as-they-came", "gives half a region back, aligned as all of it", on: .kvm,
      [.allocate(.a, 4096), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      let half = AddressRange.bytes(2048, from: system.firstGranules(1).start)
      system.machine.events.send(.heapFreed(half, alignment: 4096))
      return .unshared(UnshareReport())
    },
    Saboteur(
      "regions-go-back-as-they-came", "gives a region back with a larger alignment",
      [.allocate(.a), .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      system.machine.events.send(.heapFreed(system.firstGranules(1), alignment: 8192))
      return .unshared(UnshareReport())
    },
  ]

  private static let scrubbing: [Saboteur] = [
    Saboteur(
      "returned-memory-is-scrubbed", "keeps a region as the host left it in the refill",
      [pair(.fails, at: 2)]
    ) { call, system in
      // Else the drop would be seen by the same invariant.
      if case .drop = call { system.machine.memory.zero(system.firstGranules(2)) }
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(2)
      system.reportTaking(of: region)
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue + 4096)
      system.machine.adversary.scribble(1)
      system.hypercall(.memUnshare, region.start.rawValue)
      return .failedShare(at: region.start.rawValue + 4096)
    },
    Saboteur(
      "returned-memory-is-scrubbed", "keeps a region as the host left it when it is dropped",
      [.allocate(.a, 8192), .pin(.a), .scribble]
    ) { call, system in
      guard case .drop = call else { return system.honest(call) }
      let start = system.firstGranules(1).start.rawValue
      for place in 0..<2 as Range<UInt64> {
        system.hypercall(.memUnshare, start + place * system.granule)
      }
      return .done
    },
    Saboteur(
      "returned-memory-is-scrubbed", "leaves a region as it was that the heap refuses",
      [.allocate(.a), .scribble, .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      system.machine.events.send(.heapRefusedFree(system.firstGranules(1)))
      return .unshared(UnshareReport())
    },
  ]

  private static let lists: [Saboteur] = [
    Saboteur(
      "losses-are-reported", "does not list what is lost", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll], look: { $0.quarantine?.removeAll() }),
    Saboteur(
      "losses-are-reported", "lists a loss in a region that is none", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll],
      look: {
        guard $0.quarantine?.isEmpty == false else { return }
        $0.quarantineRegions.append(AddressRange(uncheckedStart: 0x8001_0000, size: 4096))
      }),
    Saboteur(
      "losses-are-reported", "abandons nothing", shown: [.contract, .reports],
      [.standingFault(.failsButTakesEffect), .allocate(.a)]
    ) { call, system in
      if case .drop = call { return .done }
      return system.honest(call)
    },
    Saboteur(
      "losses-are-reported", "abandons what is not lost", shown: [.contract, .reports],
      [.allocate(.a)]
    ) { call, system in
      if case .drop = call { system.machine.monitor.abandon(system.privateGranule) }
      return system.honest(call)
    },
  ]

  private static let mmio: [Saboteur] = [
    Saboteur(
      "mmio-guard-is-balanced", "maps a page twice after another one's MAP failed",
      [.mapMMIO(0), Step(.mapMMIO(page: 1, pages: 1, .whole), fault: failure)]
    ) { call, system in
      guard case .mapMMIO(let range) = call, !system.kept.isEmpty else {
        if case .mapMMIO(let range) = call { system.kept.append(range.start) }
        return system.honest(call)
      }
      system.hypercall(.mmioGuardMap, range.start.rawValue)
      system.hypercall(.mmioGuardMap, system.kept[0].rawValue)
      return .done
    },
    Saboteur(
      "mmio-guard-is-balanced", "leaves a page mapped beside one that is stuck",
      [.mapMMIO(0, pages: 2), Step(.unmapAllMMIO, fault: failure)]
    ) { call, system in
      guard case .unmapAllMMIO = call else { return system.honest(call) }
      let start = Configuration().deviceMemory.start.rawValue
      system.hypercall(.mmioGuardUnmap, start + 4096)
      return .unmapped(MMIOReport(unmapped: 0, stillMapped: 1))
    },
  ]
}
