import MemorySharing
import PropertyTesting
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@testable import SharingHarness

/// The checks must survive whatever a system answers: a system of somebody else's may answer
/// anything.
@Suite("A system that answers at random")
struct LiarTests {
  /// Answers every call, and tells what happens at its ports, as it comes.
  private final class Liar: SharingSystem {
    private let machine: Machine
    private var numbers: RandomNumbers

    init(_ machine: Machine, seed: UInt64) {
      self.machine = machine
      numbers = RandomNumbers(seed: seed)
    }

    private func number() -> UInt64 {
      let arena = machine.configuration.arena
      switch numbers.next(below: 8) {
      case 0: return numbers.next(below: 3)
      case 1: return .max - numbers.next(below: 5000)
      case 2: return 1 << numbers.next(below: 64)
      case 3: return numbers.next()
      case 4: return machine.configuration.staticRange.start.rawValue + numbers.next(below: 4096)
      default: return arena.start.rawValue &+ numbers.next(below: arena.size)
      }
    }

    private func range() -> AddressRange? {
      let size = numbers.chance(1, outOf: 2) ? 4096 : number()
      return try? AddressRange(start: PhysicalAddress(number()), size: size)
    }

    private func tell() {
      guard let range = range() else { return }
      switch numbers.next(below: 7) {
      case 0: machine.events.send(.heapAllocated(range, alignment: number()))
      case 1: machine.events.send(.heapFreed(range, alignment: number()))
      case 2: machine.events.send(.heapRefusedFree(range))
      case 3: machine.memory.zero(range)
      case 4:
        let start = range.start
        if let to = try? AddressRange(start: PhysicalAddress(number()), size: 64) {
          machine.memory.copy(from: start, to: to.start, size: min(range.size, to.size))
        }
      case 5:
        let functions: [UInt64] = [0xC600_0002, 0xC600_0003, 0xC600_0004, 0xC600_0007, number()]
        let function = functions[Int(numbers.next(below: 5))]
        let argument = numbers.chance(1, outOf: 4) ? number() : 0
        _ = machine.monitor.call(
          HypercallRegisters(function, numbers.chance(1, outOf: 2) ? number() : 0, argument))
      default: machine.monitor.abandon(range)
      }
    }

    func perform(_ call: GuestCall) -> Outcome {
      while numbers.chance(1, outOf: 2) { tell() }
      switch numbers.next(below: 10) {
      case 0: return .skipped
      case 1, 2: return .done
      case 3, 4, 5: return .address(PhysicalAddress(number()), VirtualAddress(number()))
      case 6:
        var report = UnshareReport()
        report.granulesUnshared = number()
        report.regionsKept = number()
        return .unshared(report)
      case 7: return .unmapped(MMIOReport(unmapped: number(), stillMapped: number()))
      case 8: return numbers.chance(1, outOf: 4) ? .halted("as it comes") : .refused(77)
      default:
        let words = (1 + numbers.next(below: 26), number(), number(), number(), number())
        return ShareError(words: words).map { .failed($0) } ?? .done
      }
    }

    func observe(into observation: inout Observation) {
      observation.poolFree = [Observation.Block(order: numbers.next(below: 65), address: number())]
      observation.heapFree = nil
      observation.steps = number()
    }
  }

  @Test("Every program ends in a verdict, whatever is promised")
  func survives() throws {
    let everything = Capabilities.everything
    let contracts: [Capabilities] = [
      [], .contract, everything, everything.subtracting([.callOrder, .placement]),
    ]
    for (number, shown) in contracts.enumerated() {
      var violated = 0
      for seed in UInt64(1)...inRelease(150, debug: 40) {
        let lies = UInt64(number) << 32 | seed
        let lockstep = Lockstep(Rig(id: "liar", shown: shown) { Liar($0, seed: lies) })
        let program = Grammar().program(seed: seed)
        for backend in Backend.all {
          let verdict = try #require(lockstep.verdict(of: program, on: backend))
          if !verdict.holds { violated += 1 }
        }
      }
      #expect(violated > inRelease(500, debug: 200))
    }
  }
}
