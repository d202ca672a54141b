import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of how the allocators keep house, where the sum is right or nearly so.

extension Saboteur {
  static let houses: [Saboteur] = [
    Saboteur(
      "frames-are-conserved", "lists a live block in place of a free one",
      shown: [.contract, .freeBlocks],
      [.allocate(.a)],
      look: { if $0.poolFree?.first?.order == 0 { $0.poolFree?[0].address -= 16 } }),
    Saboteur(
      "frames-are-conserved", "lists a block twice in place of another",
      shown: [.contract, .freeBlocks],
      [
        .allocate(.a), .allocate(.b), .allocate(.c), .allocate(.d), .free(.a), .free(.c),
      ],
      look: {
        guard let free = $0.poolFree, free.prefix(2).map(\.order) == [0, 0] else { return }
        $0.poolFree?[1] = free[0]
      }),
    Saboteur(
      "frames-are-conserved", "lists the start of a block as a block of its own",
      shown: [.contract, .freeBlocks], [.heapAllocate(.a)],
      look: {
        guard let last = $0.heapFree?.last else { return }
        $0.heapFree?.insert(Observation.Block(order: 0, address: last.address), at: 0)
      }),
    Saboteur(
      "free-buddies-are-merged", "keeps two smallest blocks apart",
      shown: [.contract, .freeBlocks],
      [.allocate(.a)],
      look: {
        guard let free = $0.poolFree, free.prefix(2).map(\.order) == [0, 1] else { return }
        $0.poolFree?[1].order = 0
        $0.poolFree?.insert(
          Observation.Block(order: 0, address: free[1].address + 16), at: 2)
      }),
    Saboteur(
      "placement-is-a-function-of-the-free-set", "serves from nowhere", on: .kvm,
      shown: [.contract, .placement], beside: ["buffers-honour-their-layout"], [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      return .address(system.privateGranule.start, nil)
    },
    Saboteur(
      "work-is-bounded", "takes a step too many", shown: [.contract, .steps], [.allocate(.a)],
      look: { $0.steps = (16 + 6) * ($0.indexDepth + 3) + 1 }),
    exhausted("is exhausted with room in a static pool", on: .gunyah, [.allocate(.a)]),
    exhausted(
      "is exhausted with room in the pool alone", shown: [.contract, .pooling],
      machine: .with { $0.arenaSize = 4096 }, [.allocate(.a), .allocate(.b)], buffer: 2),
    exhausted(
      "is exhausted with less than a page in the heap", on: .kvm,
      machine: .with { $0.arenaSize = 2048 }, [.allocate(.a)]),
    insufficient("takes all that the heap has, and is exhausted", .with { $0.arenaSize = 4096 }),
    insufficient("refills from the heap, and is exhausted", on: .kvm),
    Saboteur(
      "allocation-succeeds-when-it-can", "is exhausted after a refusal that nobody ordered",
      [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared(let size, let alignment) = call else { return system.honest(call) }
      let layout = Layout(uncheckedSize: size, alignment: alignment)
      system.machine.events.send(.heapRefused(layout, onPurpose: false))
      return .failed(.exhausted(layout))
    },
  ]

  /// A saboteur that is exhausted when it is asked for the n-th buffer.
  private static func exhausted(
    _ deed: String, on backend: Backend = .pkvm, shown: Capabilities = .contract,
    machine: Configuration = Configuration(), _ steps: [Step], buffer number: Int = 1
  ) -> Saboteur {
    Saboteur(
      "allocation-succeeds-when-it-can", deed, on: backend, shown: shown, machine: machine, steps
    ) { call, system in
      guard case .allocateShared(let size, let alignment) = call, system.kept.count + 1 == number
      else { return system.honest(call) { system.kept.append($0) } }
      return .failed(.exhausted(Layout(uncheckedSize: size, alignment: alignment)))
    }
  }

  /// A saboteur that refills, and is exhausted.
  private static func insufficient(
    _ deed: String, on backend: Backend = .pkvm, _ machine: Configuration = Configuration()
  ) -> Saboteur {
    Saboteur(
      "refill-is-sufficient", deed, on: backend,
      beside: ["failed-calls-leave-no-trace", "allocation-succeeds-when-it-can"], machine: machine,
      [.allocate(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .allocateShared(let size, let alignment) = call, outcome.madeAddress != nil else {
        return outcome
      }
      return .failed(.exhausted(Layout(uncheckedSize: size, alignment: alignment)))
    }
  }
}
