import FuzzSupport
import MemorySharing
import PropertyTesting

extension FuzzHarness {
  /// Two allocators, one with more orders, moved or scaled, that must answer alike.
  public static var differential: FuzzHarness {
    FuzzHarness(
      name: "fuzz-differential",
      finds:
        "an answer that depends on how many orders there are, on where memory lies, on the unit",
      machine: differentialMachine)
  }
}

/// The core's allocator beside another of the same kind.
package let differentialMachine = machine(
  ofTwins: .relation,
  second: { shape, metadata in
    BuddyAllocator(minimumBlock: shape.minimumBlock, orders: shape.orders, metadata: metadata)
  })

/// The core's allocator beside one that is made in a certain relation to it.
package func machine<Second: ListableBlocks & ~Copyable>(
  ofTwins relation: Generator<PairRelation>, second make: @escaping BlocksFactory<Second>
) -> StateMachine<CallCounts, AllocatorPair<Second>> {
  StateMachine(
    settings: .twins(relation), model: { _ in CallCounts() },
    system: { AllocatorPair($0, second: make) }
  ) { machine in
    let slots = SlotSpace(slots: 12)
    machine.command(
      "add", weight: 3, .place, .size,
      run: { system, place, size in system.add(place, size) },
      update: { model, _, _, comparison in model.note(comparison.answer, of: .add) },
      ensure: { seen, _, _ in seen.answer.difference })
    machine.command(
      "addMuch", Generator<UInt64>.element(of: [0, 1, 2]),
      run: { system, place in system.add(.units(place, plus: 0), .units(60, plus: 0)) },
      update: { model, _, comparison in model.note(comparison.answer, of: .add) },
      ensure: { seen, _ in seen.answer.difference })
    machine.command(
      "allocate", weight: 6, slots.defines, .size, .alignment,
      run: { system, slot, size, alignment in system.allocate(slot, size, alignment) },
      update: { model, _, _, _, comparison in model.note(comparison.answer, of: .allocate) },
      ensure: { seen, _, _, _ in seen.answer.difference })
    machine.command(
      "free", weight: 5, slots.uses, .twinGivingBack,
      run: { system, slot, way in system.free(slot, way) },
      update: { model, _, _, comparison in model.note(comparison.answer, of: .free) },
      ensure: { seen, _, _ in seen.answer.difference })
    machine.command(
      "region", .size, .alignment, Generator<UInt64>.element(of: [4096, 1, 64, 65536]),
      run: { system, size, alignment, granule in system.region(size, alignment, granule) },
      ensure: { seen, _, _, _ in seen.answer.difference })
    machine.invariant("the free blocks are alike") { _, system in system.difference() }
    machine.notes { journal, notes in
      if journal.served(.free) > 2 { notes.label("three frees") }
      notes.visit(CallCounts.Kind.allCases.map { min(journal.served($0), 4) })
    }
  }
}

/// How often calls were served: all there is to know of a system that is judged by another.
package struct CallCounts: Sendable {
  package enum Kind: Int, CaseIterable, Sendable { case add, allocate, free }

  private var counts = [0, 0, 0]

  func served(_ kind: Kind) -> Int { counts[kind.rawValue] }

  mutating func note<Value>(_ outcome: Outcome<Value>, of kind: Kind) {
    if case .served = outcome { counts[kind.rawValue] += 1 }
  }
}

extension Generator where Value == FreeVariant {
  /// Without the way whose address has no image.
  fileprivate static var twinGivingBack: Generator {
    .oneOf(
      rightly, rightly, rightly,
      .element(of: FreeVariant.allCases.filter { $0 != .rightly && $0 != .farAway }))
  }
}
