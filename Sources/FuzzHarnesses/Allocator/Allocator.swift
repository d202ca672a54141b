import FuzzSupport
import MemorySharing
import PropertyTesting

extension FuzzHarness {
  /// The buddy allocator against one entry for every block.
  public static var allocator: FuzzHarness {
    FuzzHarness(
      name: "fuzz-allocator",
      finds:
        "an answer, an error or a free block of the allocator that a naive bitmap would not give",
      machine: allocatorMachine)
  }
}

/// The core's allocator beside a bitmap.
package let allocatorMachine = machine(ofBlocks: { shape, metadata in
  BuddyAllocator(
    minimumBlock: shape.minimumBlock, orders: shape.orders, metadata: metadata)
})

/// An allocator beside a bitmap: they must agree on every answer, and on what is free.
package func machine<Blocks: ListableBlocks & ~Copyable>(
  ofBlocks make: @escaping BlocksFactory<Blocks>
) -> StateMachine<NaiveBlocks, AllocatorSystem<Blocks>> {
  StateMachine(
    settings: .shape, model: NaiveBlocks.init, system: { AllocatorSystem($0, make) }
  ) { machine in
    let slots = SlotSpace(slots: 12)
    machine.command(
      "addWindow",
      run: { system in system.add(offset: .bytes(0), size: system.windowSize) },
      update: { model, _ in model.add(offset: .bytes(0), size: model.windowSize) },
      ensure: { seen in
        seen.before.adding(offset: .bytes(0), size: seen.before.windowSize).evidence(seen.answer)
      })
    machine.command(
      "add", weight: 3, .place, .size,
      run: { system, place, size in system.add(offset: place, size: size) },
      update: { model, place, size, _ in model.add(offset: place, size: size) },
      ensure: { seen, place, size in
        seen.before.adding(offset: place, size: size).evidence(seen.answer)
      })
    machine.command(
      "allocate", weight: 6, slots.defines, .size, .alignment,
      run: { system, slot, size, alignment in system.allocate(slot, size, alignment) },
      update: { model, slot, size, alignment, _ in model.allocate(slot, size, alignment) },
      ensure: { seen, _, size, alignment in
        seen.before.allocating(size, alignment).evidence(seen.answer)
      })
    machine.command(
      "free", weight: 5, slots.uses, .freeing,
      require: { model, slot, _ in model.slots[slot] != nil },
      run: { system, slot, way in system.free(slot, way) },
      update: { model, slot, way, _ in model.free(slot, way) },
      ensure: { seen, slot, way in
        seen.before.freeing(slot, way).evidence(seen.answer.freed)
          ?? (seen.answer.asked == seen.answer.freed
            ? nil : "when it was only asked, it said \(seen.answer.asked)")
      })
    machine.command(
      "region", .size, .alignment, Generator<UInt64>.element(of: [4096, 1, 64, 65536, 1 << 63]),
      run: { system, size, alignment, granule in system.region(size, alignment, granule) },
      ensure: { seen, size, alignment, granule in
        seen.before.region(size, alignment, granule).evidence(seen.answer)
      })
    machine.invariant("the free blocks are those of the bitmap") { model, system in
      let free = system.free()
      return free == model.free ? nil : "free are \(free), and should be \(model.free)"
    }
    machine.notes { model, notes in
      if model.live.count > 4 { notes.label("five live blocks") }
      if model.free.count > 4 { notes.label("five free blocks") }
      notes.visit([
        model.live.count.bitWidth - model.live.count.leadingZeroBitCount,
        model.free.count.bitWidth - model.free.count.leadingZeroBitCount,
        Int(model.free.last?.order ?? 64) / 3,
      ])
    }
  }
}

extension Generator where Value == ByteCount {
  /// Where a range begins, from the start of the window: at its first blocks, further on, before
  /// it.
  static var place: Generator {
    let near = zip(
      Generator<UInt64>.integer(in: 0...9), Generator<Int64>.element(of: [0, 0, 1, -1])
    )
    .map(ByteCount.units)
    let far = Generator<UInt64>.element(of: [63, 64, 65, 128, 4096, .max])
      .map { ByteCount.units($0, plus: 0) }
    return .oneOf(near, near, near, near, far, far, .just(.bytes(1 << 63)))
  }
}

extension Generator where Value == FreeVariant {
  static var rightly: Generator { .just(.rightly) }

  fileprivate static var freeing: Generator {
    .oneOf(rightly, rightly, rightly, .element(of: Array(FreeVariant.allCases.dropFirst())))
  }
}
