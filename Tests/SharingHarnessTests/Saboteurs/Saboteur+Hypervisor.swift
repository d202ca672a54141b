import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what is shared, mapped, scrubbed and given back.

extension Saboteur {
  static let hypervisor: [Saboteur] = [
    Saboteur(
      "private-memory-is-never-shared", "shares a zeroed granule of the heap", [.allocate(.a)]
    ) { call, system in
      system.honest(call) { _ in
        system.machine.memory.zero(system.privateGranule)
        system.hypercall(.memShare, system.privateGranule.start.rawValue)
      }
    },
    Saboteur(
      "private-memory-is-never-shared", "gives a shared region back to the heap",
      [.allocate(.a), .unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        system.reportReturn(of: system.granule(of: system.kept[0]))
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "granules-are-shared-once", "shares a granule again", [.allocate(.a)]
    ) { call, system in
      system.honest(call) { system.hypercall(.memShare, system.granule(of: $0).start.rawValue) }
    },
    Saboteur(
      "granules-are-shared-once", "unshares a granule that is not shared", [.unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        system.hypercall(.memUnshare, system.privateGranule.start.rawValue)
      }
      return system.honest(call)
    },
    Saboteur(
      "hypercalls-are-granule-aligned", "unshares an address inside a granule", [.allocate(.a)]
    ) { call, system in
      system.honest(call) {
        system.hypercall(.memUnshare, system.granule(of: $0).start.rawValue + 16)
      }
    },
    Saboteur(
      "hypercalls-are-answered", "shares what is no memory", on: .pkvmLinux, [.allocate(.a)]
    ) { call, system in
      system.honest(call) { _ in system.hypercall(.memShare, 0) }
    },
    Saboteur(
      "quarantine-is-never-reused", "hands out a quarantined granule",
      [.standingFault(.failsButTakesEffect), .allocate(.a), .standingFault(nil), .allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      if let quarantined = system.machine.monitor.shared.ranges.first {
        return .address(quarantined.start, nil)
      }
      return system.honest(call)
    },
    Saboteur(
      "quarantine-is-never-reused", "gives a quarantined granule back to the heap",
      [.standingFault(.fails), .allocate(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .allocateShared = call {
        // The region of the refill lies at the start of the arena.
        let start = system.machine.configuration.arena.start
        system.reportReturn(of: system.granule(of: start))
      }
      return outcome
    },
    Saboteur(
      "nothing-is-shared-after-teardown", "stops at the first granule that stays",
      [.allocate(.a, 8192), .pin(.a), .unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        system.hypercall(.memUnshare, system.granule(of: system.kept[0]).start.rawValue)
        return .unshared(UnshareReport())
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "losses-are-reported", "keeps quiet about what it lost",
      shown: [.contract, .reports], beside: ["reports-count-what-was-done"],
      [.allocate(.a, 8192), .pin(.a), .unshareAll]
    ) { call, system in
      let outcome = system.honest(call)
      if case .unshared = outcome { return .unshared(UnshareReport()) }
      return outcome
    },
    Saboteur(
      "losses-are-reported", "counts one loss too many", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .unshared(var report) = outcome else { return outcome }
      report.granulesQuarantined += 1
      return .unshared(report)
    },
    Saboteur(
      "losses-are-reported", "tells the same loss twice", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll, .unshareAll]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) }
      let granule = PhysicalAddress(0x8000_0000)
      if system.kept.isEmpty {
        system.kept.append(granule)
        return system.honest(call)
      }
      var report = UnshareReport()
      report.granulesQuarantined = 1
      return .unshared(report)
    },
    Saboteur(
      "losses-are-reported", "abandons what it has reported", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll]
    ) { call, system in
      if case .drop = call, let lost = system.kept.first {
        system.machine.monitor.abandon(system.granule(of: lost))
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "nothing-is-served-after-teardown", "takes frees after the teardown",
      beside: ["bad-requests-are-refused"], [.allocate(.a), .unshareAll, .free(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .deallocateShared = call { return .done }
      return outcome
    },
    Saboteur(
      "fresh-memory-is-zero", "shares a granule after writing to it", [.allocate(.a)]
    ) { call, system in
      system.honest(call) {
        let granule = system.granule(of: $0)
        system.hypercall(.memUnshare, granule.start.rawValue)
        system.machine.memory.fill(granule, .payload(1))
        system.hypercall(.memShare, granule.start.rawValue)
      }
    },
    Saboteur(
      "returned-memory-is-scrubbed", "gives a region back as the host left it",
      [.allocate(.a), .scribble, .unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        let region = system.granule(of: system.kept[0])
        system.hypercall(.memUnshare, region.start.rawValue)
        system.reportReturn(of: region)
        return .unshared(UnshareReport())
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "the-heap-is-whole-after-teardown", "keeps its regions", on: .kvm,
      [.allocate(.a), .unshareAll]
    ) { call, system in
      if case .unshareAll = call { return .unshared(UnshareReport()) }
      return system.honest(call)
    },
    Saboteur(
      "refill-only-on-miss", "shares a granule anew for each buffer",
      shown: [.contract, .pooling], [.allocate(.a), .free(.a), .allocate(.a)]
    ) { call, system in
      if case .allocateShared = call, let granule = system.kept.last {
        system.hypercall(.memUnshare, granule.rawValue)
        system.hypercall(.memShare, granule.rawValue)
      }
      return system.honest(call) { system.kept.append(system.granule(of: $0).start) }
    },
    Saboteur(
      "refill-only-on-miss", "shares when nobody asks for a buffer", shown: [.contract, .pooling],
      [.allocate(.a), .free(.a)]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append(system.granule(of: $0).start) }
      if case .deallocateShared = call {
        system.hypercall(.memUnshare, system.kept[0].rawValue)
        system.hypercall(.memShare, system.kept[0].rawValue)
      }
      return outcome
    },
    Saboteur(
      "granule-is-asked-once", "asks for the granule with each buffer", [.allocate(.a)]
    ) { call, system in
      if case .allocateShared = call { system.hypercall(.memInfo) }
      return system.honest(call)
    },
    Saboteur(
      "granule-is-asked-once", "makes a dynamic pool without asking", []
    ) { call, system in
      if case .initialise = call { return .done }
      return system.honest(call)
    },
    Saboteur(
      "granule-is-asked-once", "makes a dynamic pool of a granule that nobody told",
      machine: .with { $0.startsInitialised = false },
      [Step(.initialise(.standard), fault: .hypercall(position: 1, .fails))]
    ) { call, system in
      let outcome = system.honest(call)
      if case .initialise = call { return .done }
      return outcome
    },
    Saboteur(
      "static-pools-make-no-hypercall", "asks Gunyah for a granule", on: .gunyah, [.allocate(.a)]
    ) { call, system in
      if case .allocateShared = call { system.hypercall(.memInfo) }
      return system.honest(call)
    },
    Saboteur(
      "mmio-guard-is-balanced", "maps a page twice", [.mapMMIO(1)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .mapMMIO(let range) = call {
        system.hypercall(.mmioGuardMap, range.start.rawValue)
      }
      return outcome
    },
    Saboteur(
      "mmio-guard-is-balanced", "takes a failed MAP for a good one",
      [Step(.mapMMIO(page: 1, pages: 1, .whole), fault: .hypercall(position: 1, .fails))]
    ) { call, system in
      let outcome = system.honest(call)
      if case .mapMMIO = call { return .done }
      return outcome
    },
    Saboteur(
      "mmio-guard-is-balanced", "unmaps what is not mapped", [.unmapAllMMIO]
    ) { call, system in
      if case .unmapAllMMIO = call {
        system.hypercall(.mmioGuardUnmap, Configuration().deviceMemory.start.rawValue)
      }
      return system.honest(call)
    },
    Saboteur(
      "mmio-guard-is-balanced", "leaves a page mapped", [.mapMMIO(1), .unmapAllMMIO]
    ) { call, system in
      if case .unmapAllMMIO = call { return .unmapped(MMIOReport(unmapped: 1, stillMapped: 0)) }
      return system.honest(call)
    },
  ]
}
