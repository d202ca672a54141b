import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// A program that makes very many hypercalls ends before its last command.
@Suite struct LongProgramTests {
  @Test("It is cut short where nobody looks at it more closely, and torn down all the same")
  func cut() throws {
    var configuration = Configuration()
    configuration.granule = 64
    configuration.arenaSize = 1 << 24
    let region = UInt64(Lockstep.mostHypercalls / 4) * 64
    configuration.poolOrders = 32
    configuration.heapOrders = 32
    let slots = (0..<6).map { Slot($0) }
    let program = Program(
      configuration: configuration,
      steps: slots.map { Step(.allocate($0, size: region, alignment: 1)) })
    let lockstep = Lockstep(.core)
    let short = try #require(lockstep.run(program, on: .pkvm))
    #expect(short.verdict.holds)
    #expect(lockstep.coverage.cutShort == 1)
    #expect(lockstep.coverage.commands == 4)
    guard inRelease(true, debug: false) else { return }
    let whole = try #require(lockstep.run(program, on: .pkvm, keeping: .outcomes))
    #expect(whole.verdict.holds)
    #expect(whole.outcomes.count == program.steps.count + 1)
    #expect(lockstep.coverage.cutShort == 1)
  }
}
