import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// Why a program in which the host writes is run a second time, with other writes.
@Suite struct NonInterferenceTests {
  /// Takes two good blocks and lets a word that the host can write say which of them to keep. Each
  /// of its answers is legal by itself.
  private static let steered = Rig(id: "steered", shown: .contract) { machine in
    let core = try CoreSystem(machine)
    return Sabotage(core, machine) { call, system in
      guard case .allocateShared(let size, let alignment) = call,
        let first = system.honest(call).madeAddress, let second = system.honest(call).madeAddress
      else { return system.honest(call) }
      let isSecond = system.machine.memory.readWord(at: first) >> 24 & 1 == 1
      _ = system.honest(
        .deallocateShared(isSecond ? first : second, size: size, alignment: alignment))
      return .address(isSecond ? second : first, nil)
    }
  }

  private static let program = Program(steps: [
    .allocate(.a), .scribble, .allocate(.b), .free(.a), .unshareAll,
  ])

  @Test("A choice that the host makes is seen by the twin", arguments: ["pkvm", "gunyah"])
  func withTwin(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let verdict = try #require(Lockstep(Self.steered).verdict(of: Self.program, on: backend))
    #expect(verdict.violations.map(\.id) == ["the-host-cannot-steer"])
    #expect(verdict.failingStep == 2)
  }

  @Test("Without the twin nothing is seen of it", arguments: ["pkvm", "gunyah"])
  func withoutTwin(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    #expect(try Self.violationsWithoutTwin(Self.steered, Self.program, backend) == [])
    // This lockstep of its own can see what a twin is not needed for.
    let leak = try #require(Saboteur.all.first { $0.id == "no-secret-leaves" })
    #expect(try Self.violationsWithoutTwin(leak.rig, leak.program, backend) == [leak.id])
  }

  /// A lockstep with no other machine beside it.
  private static func violationsWithoutTwin(
    _ rig: Rig, _ program: Program, _ backend: Backend
  ) throws -> [String] {
    let machine = Machine()
    let model = Model(memory: machine.memory)
    let judge = InvariantChecker(model)
    machine.reset(program.configuration, backend)
    model.reset(program.configuration, on: backend, shown: rig.shown)
    judge.reset(scope: model.backing, shown: rig.shown)
    let system = try #require(try rig.make(machine))
    machine.events.observer = { judge.observe($0) }
    defer { machine.events.observer = nil }
    func play(_ step: Step?, _ action: ResolvedStep) {
      model.begin(step, action)
      var outcome = Outcome.done
      switch action {
      case .call(let call): outcome = system.perform(call)
      case .hostScribbles: machine.adversary.scribble(UInt32(model.record.number))
      default: break
      }
      model.end(outcome, other: nil)
      judge.commandEnded()
    }
    let range = program.configuration.staticRange
    let given = StaticRange(start: range.start.rawValue, size: range.size)
    play(nil, .call(.initialise(.standard, staticRange: given)))
    for step in program.steps { play(step, model.resolve(step)) }
    play(nil, .call(.drop))
    return judge.violations.map(\.id)
  }
}
