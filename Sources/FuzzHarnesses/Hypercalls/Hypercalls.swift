import FuzzSupport
import MemorySharing
import PropertyTesting

extension FuzzHarness {
  /// The core under a hypervisor that answers what it likes.
  public static var hypercalls: FuzzHarness {
    FuzzHarness(
      name: "fuzz-hypercalls",
      finds: "a call, an answer or an error that does not follow from what the hypervisor answered",
      machine: hypercallMachine)
  }
}

/// The core's hypervisors, pool and MMIO guard beside a ledger.
package let hypercallMachine = machine(
  ofHypercalls: HypercallClient(
    detect: { conduit, generation throws(ShareError) in
      try DetectedHypervisor.detect(through: conduit, generation: generation)
    },
    pool: { hypervisor, arena in arena.pool(hypervisor) }))

/// A client of the hypervisor beside a ledger of its calls and what was answered.
package func machine<Hypervisor: SupportingHypervisor, Pool: SharingPool & ~Copyable>(
  ofHypercalls client: HypercallClient<Hypervisor, Pool>
) -> StateMachine<HypercallModel, HypercallSystem<Hypervisor, Pool>> {
  StateMachine(
    settings: HypercallSettings.generator, model: HypercallModel.init,
    system: { HypercallSystem($0, client) }
  ) { machine in
    addScript(to: &machine)
    addPool(to: &machine)
    addMMIO(to: &machine)
    machine.command(
      "detect",
      Generator<UUIDWords>.element(of: [
        .kvm, .gunyah, .genieZone, UUIDWords(.max, 0, 0, 0), UUIDWords(0xB66F_B428, 0, 0, 0),
      ]), Generator<UInt64>.element(of: [0, 1, 0xffff_ffff]), zip(.x0, .features),
      run: { system, uuid, garbage, answers in
        system.detect(uuid, garbage: garbage, info: answers.0, features: answers.1)
      },
      ensure: { seen, uuid, _, answers in
        detection(of: uuid, answers.0, answers.1).evidence(seen.answer)
      })
    machine.invariant("calls are legal, and memory follows from their answers") { _, system in
      system.ledger.violation
    }
    machine.teardown("what a drop cannot take back is abandoned") { model, system in
      system.drop()
      return system.ledger.violation ?? (model.state == .open ? system.ledger.evidenceOfDrop : nil)
    }
    machine.notes { model, notes in
      if model.quarantined > 0 { notes.label("quarantine") }
      if model.failures > 0 { notes.label("failed allocation") }
      if model.allocations > 2 { notes.label("three allocations") }
      notes.visit([
        model.state.rawValue, min(model.failures, 3), min(model.allocations, 3),
        Int(min(model.quarantined, 3)), model.isEnrolled ? 1 : 0,
      ])
    }
  }
}

private func addScript<Hypervisor, Pool: ~Copyable>(
  to machine: inout StateMachine<HypercallModel, HypercallSystem<Hypervisor, Pool>>
) {
  machine.command(
    "answerOnce", weight: 4, .x0, Generator<Int>.uniform(in: 0...5),
    run: { system, x0, skip in system.conduit.answerOnce(x0, after: skip) })
  machine.command(
    "answerAlways",
    Generator<Int>.element(of: Array(ScriptedConduit.functions.indices)),
    Generator<UInt64>.x0.optional,
    run: { system, function, x0 in system.conduit.answerAlways(x0, to: function) })
}

private func addPool<Hypervisor, Pool: ~Copyable>(
  to machine: inout StateMachine<HypercallModel, HypercallSystem<Hypervisor, Pool>>
) {
  let slots = SlotSpace(slots: 8)
  machine.command(
    "initialise", weight: 2,
    run: { system in system.judgedInitialise() },
    update: { model, judged in
      if model.state == .uninitialised, judged.answer.value != nil { model.state = .open }
    },
    ensure: { seen in seen.answer.evidence })
  machine.command(
    "allocate", weight: 6, slots.defines,
    Generator<UInt64>.element(of: [1, 16, 17, 4096, 4097, 16384, 65536, 1 << 30]),
    Generator<UInt64>.element(of: [1, 1, 1, 4096, 16384, 65536, 1 << 20]),
    run: { system, slot, size, alignment in system.judgedAllocate(slot, size, alignment) },
    update: { model, _, _, _, judged in
      if judged.answer.value == nil { model.failures += 1 } else { model.allocations += 1 }
    },
    ensure: { seen, _, _, _ in seen.answer.evidence })
  machine.command(
    "free", weight: 2, slots.uses,
    run: { system, slot in system.judgedFree(slot) },
    ensure: { seen, _ in seen.answer.evidence })
  machine.command(
    "unshareAll",
    run: { system in system.judgedUnshareAll() },
    update: { model, judged in
      model.state = .closed
      model.quarantined += judged.answer.granulesQuarantined
    },
    ensure: { seen in seen.answer.evidence })
}

private func addMMIO<Hypervisor, Pool: ~Copyable>(
  to machine: inout StateMachine<HypercallModel, HypercallSystem<Hypervisor, Pool>>
) {
  machine.command(
    "enrol",
    require: { model in !model.isEnrolled },
    run: { system in system.judgedEnrol() },
    update: { model, judged in model.isEnrolled = judged.answer.value != nil },
    ensure: { seen in seen.answer.evidence })
  machine.command(
    "map",
    Generator<UInt64>.element(of: [0, 1, 2, 3, 4, 1 << 20, 1 << 52 - 1]),
    Generator<UInt64>.element(of: [1, 4095, 4096, 4097, 8192]),
    Generator<UInt64>.element(of: [0, 1, 4095]),
    require: { model, _, _, _ in model.isEnrolled },
    run: { system, page, size, ragged in system.judgedMap(page * 4096 + ragged, size) },
    ensure: { seen, _, _, _ in seen.answer.evidence })
  machine.command(
    "unmapAll",
    require: { model in model.isEnrolled },
    run: { system in system.judgedUnmapAll() },
    ensure: { seen in seen.answer.evidence })
}

/// What comes of a UUID and the answers to MMIO_GUARD_INFO and FEATURES.
private func detection(
  of uuid: UUIDWords, _ info: UInt64, _ features: UInt64
) -> Expectation<String> {
  switch uuid {
  case .gunyah: return .served("beforeBoot")
  case .genieZone: return .served("onDemand")
  case .kvm: break
  default: return .refused([.unknownHypervisor(uuid)])
  }
  let answer = Int64(bitPattern: info)
  if answer > 0 { return .served("onDemand") }
  guard answer == -1 else { return failed(.mmioGuardInfo, answer) }
  // Bit 0 is that of FEATURES, bits 2 to 4 share, bits 5 to 8 guard.
  switch (features & 0xFFFF_FFFF, features & 0x1FD) {
  case (0xFFFF_FFFF, _), (_, 0x1): return .served("none")
  case (_, 0x1D): return .served("onDemand")
  default: return failed(.features, Int64(bitPattern: features))
  }
}

private func failed(_ function: HypercallFunction, _ answer: Int64) -> Expectation<String> {
  .refused([.hypercallFailed(function: function.rawValue, address: 0, answer: answer)])
}
