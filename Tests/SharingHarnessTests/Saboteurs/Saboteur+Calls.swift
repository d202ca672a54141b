import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what calls answer, and of how the allocators keep house.

extension Saboteur {
  static let calls: [Saboteur] = [
    Saboteur(
      "bad-requests-are-refused", "swallows a double free", [.allocate(.a), .free(.a), .free(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .deallocateShared = call { return .done }
      return outcome
    },
    Saboteur(
      "bad-requests-are-refused", "names another fault than the size of 0", [.allocate(.a, 0)]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .failed = outcome else { return outcome }
      return .failed(.uninitialised)
    },
    Saboteur(
      "bad-requests-are-refused", "takes 48 bytes back for 64 on a first-fit heap",
      machine: .firstFit, [.heapAllocate(.a, 96), .free(.a, .half)]
    ) { call, system in
      if case .heapDeallocate = call { return .done }
      return system.honest(call)
    },
    Saboteur(
      "bad-requests-are-refused", "would let another owner claim the static range", on: .gunyah, [],
      look: { $0.unclaimed = Configuration().staticRange }
    ),
    Saboteur(
      "good-requests-are-served", "refuses a good free",
      beside: ["errors-tell-what-happened"], [.allocate(.a), .free(.a)]
    ) { call, system in
      if case .deallocateShared(let address, _, _) = call { return .failed(.notAllocated(address)) }
      return system.honest(call)
    },
    Saboteur(
      "failed-calls-leave-no-trace", "leaves a page mapped when the next one fails",
      [Step(.mapMMIO(page: 0, pages: 2, .whole), fault: .hypercall(position: 2, .fails))]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      system.hypercall(.mmioGuardMap, range.start.rawValue)
      let second = range.start.rawValue + 4096
      let function = HypercallFunction.mmioGuardMap
      let answer = Int64(bitPattern: system.hypercall(function, second))
      return .failed(
        .hypercallFailed(function: function.rawValue, address: second, answer: answer))
    },
    Saboteur(
      "failed-calls-leave-no-trace", "leaves a granule shared when the next one fails",
      [Step(.allocate(.a, size: 8192, alignment: 1), fault: .hypercall(position: 2, .fails))]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .allocateShared = call, case .failed = outcome else { return outcome }
      // As if the region were kept, and its first granule never taken back.
      let region = AddressRange(
        uncheckedStart: system.machine.configuration.arena.start.rawValue, size: 8192)
      system.machine.events.send(.heapAllocated(region, alignment: region.size))
      system.hypercall(.memShare, region.start.rawValue)
      return outcome
    },
    Saboteur(
      "allocation-succeeds-when-it-can", "is exhausted with room in the pool",
      shown: [.contract, .pooling], [.allocate(.a), .allocate(.b)]
    ) { call, system in
      guard case .allocateShared(let size, let alignment) = call, !system.kept.isEmpty,
        let layout = try? Layout(size: size, alignment: alignment)
      else { return system.honest(call) { system.kept.append($0) } }
      return .failed(.exhausted(layout))
    },
    Saboteur(
      "allocation-succeeds-when-it-can", "is exhausted with room in the heap", [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared(let size, let alignment) = call,
        let layout = try? Layout(size: size, alignment: alignment)
      else { return system.honest(call) }
      return .failed(.exhausted(layout))
    },
    Saboteur(
      "allocation-succeeds-when-it-can", "refuses what is above a buddy heap's top order",
      shown: [],
      machine: .with {
        $0.heapRule = .firstFit
        $0.heapOrders = 2
      }, [.heapAllocate(.a, 33)]
    ) { call, system in
      guard case .heapAllocate(let size, let alignment, _) = call,
        let layout = try? Layout(size: size, alignment: alignment)
      else { return system.honest(call) }
      return .failed(.largerThanTheTopOrder(layout))
    },
    Saboteur(
      "refill-is-sufficient", "refills, and is exhausted",
      beside: ["failed-calls-leave-no-trace", "allocation-succeeds-when-it-can"], [.allocate(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .allocateShared(let size, let alignment) = call, outcome.madeAddress != nil,
        let layout = try? Layout(size: size, alignment: alignment)
      else { return outcome }
      return .failed(.exhausted(layout))
    },
    Saboteur(
      "frames-are-conserved", "loses a free block", shown: [.contract, .freeBlocks],
      [.allocate(.a)],
      look: { $0.heapFree?.removeLast() }),
    Saboteur(
      "frames-are-conserved", "lists a free block over another one",
      shown: [.contract, .freeBlocks],
      [.allocate(.a)],
      look: { if $0.poolFree?.isEmpty == false { $0.poolFree?[0].address += 1024 } }),
    Saboteur(
      "frames-are-conserved", "lists a live block as free", shown: [.contract, .freeBlocks],
      [.allocate(.a)],
      look: { $0.poolFree?.insert(Observation.Block(order: 0, address: 0x8000_0000), at: 0) }),
    Saboteur(
      "frames-are-conserved", "rounds a block of a first-fit heap to a power of two",
      shown: [.contract, .freeBlocks], machine: .firstFit, [.heapAllocate(.a, 48)]
    ) { call, system in
      guard case .heapAllocate(_, let alignment, let zeroed) = call else {
        return system.honest(call)
      }
      return system.honest(.heapAllocate(size: 64, alignment: alignment, zeroed: zeroed))
    },
    Saboteur(
      "free-buddies-are-merged", "keeps two halves apart", shown: [.contract, .freeBlocks],
      [.heapAllocate(.a)],
      look: { observation in
        // The last block is the largest one: its halves come after all smaller blocks.
        guard let whole = observation.heapFree?.popLast() else { return }
        let minimum = Configuration().minimumBlock
        let half = Observation.Block(order: whole.order - 1, address: whole.address)
        let other = whole.address + minimum << half.order
        observation.heapFree?.append(half)
        observation.heapFree?.append(Observation.Block(order: half.order, address: other))
      }),
    Saboteur(
      "placement-is-a-function-of-the-free-set", "takes the second block",
      shown: [.contract, .placement],
      [.allocate(.a)]
    ) { call, system in
      if case .allocateShared = call { _ = system.honest(call) }
      return system.honest(call)
    },
    Saboteur(
      "placement-is-a-function-of-the-free-set", "aligns better than it must on a first-fit heap",
      shown: [.contract, .placement], machine: .firstFit, [.heapAllocate(.a)]
    ) { call, system in
      guard case .heapAllocate(let size, _, let zeroed) = call else { return system.honest(call) }
      return system.honest(.heapAllocate(size: size, alignment: 64, zeroed: zeroed))
    },
    Saboteur(
      "work-is-bounded", "walks through everything", shown: [.contract, .steps], [.allocate(.a)],
      look: { $0.steps = 100_000 }),
    Saboteur(
      "work-is-bounded", "claims an index without end", shown: [.contract, .steps], [.allocate(.a)],
      look: { $0.indexDepth = 7 }),
    nested("serves a call in the middle of another") { system in
      .address(system.privateGranule.start, nil)
    },
    nested("refuses a call in the middle of another by a wrong name") { _ in .failed(.closed) },
    nested("asks the hypervisor before it refuses a call in the middle of another") { system in
      system.hypercall(.mmioGuardInfo)
      return .failed(.busy)
    },
    Saboteur(
      "good-requests-are-served", "tears down without a report", shown: [], [.unshareAll]
    ) { call, system in
      let outcome = system.honest(call)
      return call == .unshareAll ? .done : outcome
    },
    Saboteur(
      "good-requests-are-served", "skips what the pool cannot serve", shown: [],
      [.allocate(.a, 1 << 18)]
    ) { call, system in
      let outcome = system.honest(call)
      if case .failed(.exhausted) = outcome { return .skipped }
      return outcome
    },
  ]

  /// A saboteur of what is called in the middle of a refill.
  private static func nested(
    _ deed: String, _ answer: @escaping @Sendable (Sabotage) -> Outcome
  ) -> Saboteur {
    Saboteur(
      "nested-calls-are-refused", deed, shown: [.contract, .turnstile],
      [Step(.allocate(.a, size: 8192, alignment: 1), fault: .guest(.allocates, before: 2))]
    ) { call, system in
      let outcome = system.honest(call)
      return outcome == .failed(.busy) ? answer(system) : outcome
    }
  }

  /// All of them: at least one for each invariant that a process can check of itself.
  static let all =
    buffers + hypervisor + calls + beside + places + frames + losses + errors + traces + houses
    + order
}
