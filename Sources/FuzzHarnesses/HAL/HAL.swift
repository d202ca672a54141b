import FuzzSupport
import MemorySharing
import PropertyTesting

extension FuzzHarness {
  /// The virtio HAL over real bytes, with a device that writes what it likes.
  public static var hal: FuzzHarness {
    FuzzHarness(
      name: "fuzz-hal",
      finds:
        "bytes that cross the HAL another way than the direction says, and a device that steers",
      machine: halMachine)
  }
}

/// The core's HAL.
package let halMachine = machine(ofHAL: { hypervisor, arena in arena.pool(hypervisor) })

/// A HAL in two worlds, which differ in what the device writes and must not in what is answered.
package func machine<Pool: SharingPool & ~Copyable>(
  ofHAL make: @escaping HALFactory<Pool>
) -> StateMachine<HALCallCounts, HALSystem<Pool>> {
  StateMachine(
    settings: HALSettings.generator, model: { _ in HALCallCounts() },
    system: { HALSystem($0, make) }
  ) { machine in
    addDriver(to: &machine)
    addOthers(to: &machine)
    machine.invariant("memory is what it should be") { _, system in system.evidence() }
    machine.notes { journal, notes in
      if journal.returned > 0 { notes.label("bounced back") }
      if journal.writes > 0, journal.served > 2 { notes.label("written to") }
      notes.visit([
        min(journal.served, 5), min(journal.returned, 3), min(journal.writes, 2),
        journal.isClosed ? 1 : 0,
      ])
    }
  }
}

private func addDriver<Pool: ~Copyable>(
  to machine: inout StateMachine<HALCallCounts, HALSystem<Pool>>
) {
  let (slots, pageSlots) = (SlotSpace(slots: 4), SlotSpace(1, slots: 4))
  let pages = Generator<UInt64>.element(of: [1, 2, 3, 0, 1 << 52])
  let sizes = Generator<UInt64>.element(of: [
    1, 15, 16, 17, 4095, 4096, 4097, 100, 0, 1 << 33, .max,
  ])
  machine.command(
    "dmaAlloc", weight: 3, pageSlots.defines, pages, .direction,
    run: { system, slot, pages, direction in
      system.both { $0.dmaAlloc(slot, pages: pages, direction) }
    },
    update: { journal, _, _, _, judged in journal.note(judged) },
    ensure: { seen, _, _, _ in seen.answer.evidence })
  machine.command(
    "dmaDealloc", weight: 2, pageSlots.uses, .mistake,
    run: { system, slot, mistake in system.both { $0.dmaDealloc(slot, mistake) } },
    ensure: { seen, _, _ in seen.answer.evidence })
  machine.command(
    "share", weight: 6, slots.defines, sizes, zip(.direction, Generator<UInt8>.uniform(in: 0...9)),
    run: { system, slot, size, rest in
      system.both { $0.share(slot, size: size, rest.0, seed: rest.1) }
    },
    update: { journal, _, _, _, judged in journal.note(judged) },
    ensure: { seen, _, _, _ in seen.answer.evidence })
  machine.command(
    "unshare", weight: 5, slots.uses, .direction, .mistake,
    run: { system, slot, direction, mistake in
      system.both { $0.unshare(slot, direction, mistake) }
    },
    update: { journal, _, _, _, judged in
      if judged.answer.value != nil { journal.returned += 1 }
    },
    ensure: { seen, _, _, _ in seen.answer.evidence })
  machine.command(
    "unshareAll",
    run: { system in system.both { $0.unshareAll() } },
    update: { journal, _ in journal.isClosed = true },
    ensure: { seen in seen.answer.evidence })
}

private func addOthers<Pool: ~Copyable>(
  to machine: inout StateMachine<HALCallCounts, HALSystem<Pool>>
) {
  let heapSlots = SlotSpace(2, slots: 4)
  machine.command(
    "deviceWrites", weight: 4,
    Generator<UInt64>.element(of: [.max, 1, 0x8000_0010, 0x8000_1000_8000_1000, 0x1111]),
    Generator<UInt64>.element(of: [0, 1, 16, 32, 4096, 4111, 8192, 12288]),
    Generator<UInt64>.element(of: [.max, 1, 16, 64, 4096]),
    run: { system, word, position, count in system.deviceWrites(word, position, count) },
    update: { journal, _, _, _, _ in journal.writes += 1 })
  machine.command(
    "heapAllocate", weight: 2, heapSlots.defines,
    Generator<UInt64>.element(of: [4096, 1, 16, 8192, 32768]),
    run: { system, slot, size in system.both { $0.heapAllocate(slot, size) } },
    ensure: { seen, _, _ in seen.answer.evidence })
  machine.command(
    "heapFree", weight: 2, heapSlots.ends,
    run: { system, slot in system.both { $0.heapFree(slot) } },
    ensure: { seen, _ in seen.answer.evidence })
}

extension Generator where Value == BufferDirection {
  fileprivate static var direction: Generator {
    .element(of: [.driverToDevice, .deviceToDriver, .both])
  }
}

extension Generator where Value == HALMistake {
  fileprivate static var mistake: Generator {
    let right = Generator.just(.none)
    return .oneOf(right, right, right, .element(of: Array(HALMistake.allCases.dropFirst())))
  }
}

/// The result of a program of the HAL.
package struct HALCallCounts: Sendable {
  var served = 0
  var returned = 0
  var writes = 0
  var isClosed = false

  mutating func note(_ judged: CheckedAnswer<Outcome<UInt64>>) {
    if judged.answer.value != nil { served += 1 }
  }
}

/// Two worlds in which all is alike but what the device writes.
package struct HALSystem<Pool: SharingPool & ~Copyable>: ~Copyable {
  private var world: HALWorld<Pool>
  private var other: HALWorld<Pool>

  init(_ settings: HALSettings, _ make: HALFactory<Pool>) {
    world = HALWorld(settings, make)
    other = HALWorld(settings, make)
  }

  func evidence() -> String? { world.evidence() ?? other.evidence() }

  mutating func both(
    _ call: (inout HALWorld<Pool>) -> CheckedAnswer<Outcome<UInt64>>
  ) -> CheckedAnswer<Outcome<UInt64>> {
    let first = call(&world)
    let second = call(&other)
    let steered =
      first.answer == second.answer
      ? nil : "it is \(second.answer) where the device writes something else"
    return CheckedAnswer(
      answer: first.answer, evidence: first.evidence ?? second.evidence ?? steered)
  }

  mutating func deviceWrites(_ word: UInt64, _ position: UInt64, _ count: UInt64) {
    world.device.write(word, at: position, count: count)
    other.device.write(~word, at: position, count: count)
  }
}
