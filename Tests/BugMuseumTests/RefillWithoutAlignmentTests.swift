import BugMuseum
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// What a heap is good for that is no buddy heap: an old bug that buddies hide.
@Suite struct RefillWithoutAlignmentTests {
  private static var rig: Rig { Exhibit.named("refill-without-alignment")?.rig ?? .core }

  private static func program(_ rule: PlacementRule) -> Program {
    var machine = Configuration()
    machine.heapRule = rule
    return Program(
      configuration: machine, steps: [Step(.allocate(Slot(0), size: 8192, alignment: 1))])
  }

  @Test("The first refill of two granules shows it on a first-fit heap, and not on a buddy heap")
  func shown() throws {
    let verdict = try #require(Lockstep(Self.rig).verdict(of: Self.program(.firstFit), on: .pkvm))
    #expect(verdict.violations.map(\.id).contains("refill-is-sufficient"))
    #expect(try #require(Lockstep(Self.rig).verdict(of: Self.program(.buddy), on: .pkvm)).holds)
    #expect(try #require(Lockstep(.core).verdict(of: Self.program(.firstFit), on: .pkvm)).holds)
  }

  /// The number of the first random program in which it shows.
  private static func finding(_ rule: PlacementRule, on backend: Backend) throws -> UInt64? {
    let lockstep = Lockstep(rig)
    return try (0..<inRelease(300, debug: 30) as Range<UInt64>).first { seed in
      var program = Grammar().program(seed: seed)
      program.configuration.heapRule = rule
      return try !#require(lockstep.verdict(of: program, on: backend)).holds
    }
  }

  @Test("Random programs find it at once on a first-fit heap, and never on a buddy heap")
  func found() throws {
    #expect(try #require(try Self.finding(.firstFit, on: .pkvm)) < 10)
    #expect(try Self.finding(.buddy, on: .pkvm) == nil)
  }
}
