import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what failed calls leave, what good and bad requests get, and what a second report
// says.

extension Saboteur {
  static let traces: [Saboteur] = [
    trace("keeps a region of a refused call", on: .kvm, [.allocate(.a, 0)]) { _, system in
      let region = AddressRange.bytes(16, from: system.privateGranule.start)
      system.machine.events.send(.heapAllocated(region, alignment: 16))
    },
    trace("gives a region back in a refused call", on: .kvm, emptied(4096)) { call, system in
      if call == .refused { system.reportReturn(of: system.firstGranules(1)) }
    },
    trace("shares a granule in a refused call", emptied()) { call, system in
      switch call {
      case .free: system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      case .refused: system.hypercall(.memShare, system.firstGranules(1).start.rawValue)
      }
    },
    trace("takes a granule back in a refused call", emptied()) { call, system in
      if call == .refused {
        system.hypercall(.memUnshare, system.firstGranules(1).start.rawValue)
      }
    },
    Saboteur(
      "failed-calls-leave-no-trace", "leaves a granule shared beside one that is lost",
      [
        Step(
          .allocate(.a, size: 8192, alignment: 1),
          fault: .hypercall(position: 1, .failsButTakesEffect))
      ]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      let region = system.firstGranules(2)
      system.reportTaking(of: region)
      system.hypercall(.memShare, region.start.rawValue)
      system.hypercall(.memShare, region.start.rawValue + 4096)
      return .failedShare(at: region.start.rawValue)
    },
    Saboteur(
      "failed-calls-leave-no-trace", "unmaps what was mapped when it refuses",
      [.mapMMIO(0), .mapMMIO(0)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .mapMMIO(let range) = call, case .failed = outcome {
        system.hypercall(.mmioGuardUnmap, range.start.rawValue)
      }
      return outcome
    },
    Saboteur(
      "bad-requests-are-refused", "names neither of two faults", [.allocate(.a, 0, aligned: 3)]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .failed = outcome else { return outcome }
      return .failed(.uninitialised)
    },
    Saboteur(
      "bad-requests-are-refused", "maps what is stuck", beside: ["mmio-guard-is-balanced"],
      [.mapMMIO(1), Step(.unmapAllMMIO, fault: .hypercall(position: 1, .fails)), .mapMMIO(1)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .mapMMIO = call { return .done }
      return outcome
    },
    Saboteur(
      "bad-requests-are-refused", "tells a guard that is not there as a closed pool",
      on: .genieZone, machine: .with { $0.disguise = .guardIsNotRequired }, [.mapMMIO(1)]
    ) { call, system in
      if case .mapMMIO = call { return .failed(.closed) }
      return system.honest(call)
    },
    Saboteur(
      "the-host-cannot-steer", "counts in its report what the host wrote during a call",
      [
        .allocate(.a),
        Step(.allocate(.b, size: 4096, alignment: 1), fault: .host(.writes, before: 1)),
        .unshareAll,
      ]
    ) { call, system in
      guard case .unshareAll = call else { return system.honest(call) { system.kept.append($0) } }
      var report = UnshareReport()
      report.granulesUnshared = system.machine.memory.readWord(at: system.kept[0])
      _ = system.honest(call)
      return .unshared(report)
    },
    Saboteur(
      "good-requests-are-served", "refuses a good init", beside: ["errors-tell-what-happened"], []
    ) { call, system in
      if case .initialise = call { return .failed(.tooManyRegions) }
      return system.honest(call)
    },
    Saboteur(
      "good-requests-are-served", "refuses a good map for want of room",
      beside: ["errors-tell-what-happened"], [.mapMMIO(1)]
    ) { call, system in
      if case .mapMMIO = call { return .failed(.tooManyRegions) }
      return system.honest(call)
    },
    Saboteur(
      "reports-count-what-was-done", "hides a region that the heap refused",
      shown: [.contract, .reports],
      [.allocate(.a), Step(.unshareAll, fault: .heapFree(position: 1))]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .unshared(var report) = outcome else { return outcome }
      report.regionsKept = 0
      return .unshared(report)
    },
    Saboteur(
      "reports-count-what-was-done", "tells a kept region twice", shown: [.contract, .reports],
      [.allocate(.a, 8192), .pin(.a), .unshareAll, .unshareAll]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .unshared(var report) = outcome else { return outcome }
      report.regionsKept = 1
      return .unshared(report)
    },
  ]

  /// Which call of a program of ``emptied(_:)`` it is.
  private enum Turn { case free, refused }

  /// A buffer comes and goes, and its region stays; then a request is refused.
  private static func emptied(_ size: UInt64 = 16) -> [Step] {
    [.allocate(.a, size), .free(.a), .allocate(.b, 0)]
  }

  private static func trace(
    _ deed: String, on backend: Backend = .pkvm, _ steps: [Step],
    _ act: @escaping @Sendable (Turn, Sabotage) -> Void
  ) -> Saboteur {
    Saboteur("failed-calls-leave-no-trace", deed, on: backend, steps) { call, system in
      switch call {
      case .deallocateShared: act(.free, system)
      case .allocateShared(size: 0, _): act(.refused, system)
      default: break
      }
      return system.honest(call)
    }
  }
}
