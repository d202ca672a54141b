import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

extension HostAdversary {
  /// The first secret that the host can read: a run of one origin.
  fileprivate var firstSecret: AddressRange? {
    for range in monitor.shared.ranges {
      if let (run, _) = memory.firstRun(in: range, where: { $0 == .secret }) { return run }
    }
    return nil
  }
}

/// The host reads all that it can reach, whenever a call has returned. `no-secret-leaves` looks at
/// what each event changes; this looks at everything, and must not see more.
@Suite struct EgressTests {
  /// Of one lockstep, and so of one thread.
  private final class Reader: @unchecked Sendable {
    var looks = 0
    var reached: UInt64 = 0
    var secret: AddressRange?
  }

  /// A rig with a host that reads, beside what `tamper` does.
  private static func rig(
    _ reader: Reader,
    tamper: @escaping @Sendable (GuestCall, Sabotage) -> Outcome = { $1.honest($0) }
  ) -> Rig {
    Rig(id: "read", shown: .everything) { machine in
      let core = try CoreSystem(machine)
      return Sabotage(core, machine) { call, system in
        let outcome = tamper(call, system)
        reader.looks += 1
        reader.reached += machine.monitor.shared.ranges.reduce(0) { $0 + $1.size }
        if reader.secret == nil { reader.secret = machine.adversary.firstSecret }
        return outcome
      }
    }
  }

  @Test(
    "No byte of the guest's own is ever where the host can read", arguments: Backend.all.map(\.id))
  func nothingLeaves(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let reader = Reader()
    let lockstep = Lockstep(Self.rig(reader))
    for seed in 0..<inRelease(150, debug: 20) as Range<UInt64> {
      _ = lockstep.verdict(of: Grammar().program(seed: seed), on: backend)
    }
    #expect(reader.secret == nil)
    #expect(reader.looks > inRelease(1000, debug: 100))
    // Under plain KVM nothing is shared, since the host reaches everything anyway.
    #expect((reader.reached > 0) == (backend.sharing != .none))
  }

  @Test("The host finds a byte that was left in a bounce buffer")
  func leak() throws {
    let reader = Reader()
    let rig = Self.rig(reader) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      return system.honest(call) { address in
        system.machine.memory.fill(
          AddressRange(uncheckedStart: address.rawValue, size: 1), .secret)
      }
    }
    let program = Program(steps: [.allocate(.a)])
    _ = Lockstep(rig).verdict(of: program, on: try #require(Backend.named("pkvm")))
    #expect(reader.secret?.size == 1)
  }
}
