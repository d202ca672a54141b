import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// That edges of the core are counted where that is asked for, and nowhere else.
@Suite struct EdgeCounterTests {
  private static let isAskedFor =
    ProcessInfo.processInfo.environment["SHARECHECK_COVERAGE"] == "1"

  @Test("The core counts its edges if the build asks for it, and has no counters otherwise")
  func exist() {
    #expect(EdgeCounters.exist == Self.isAskedFor)
    #expect(Self.isAskedFor ? EdgeCounters.count > 1000 : EdgeCounters.count == 0)
  }

  @Test("A program visits its edges, and another program others", .enabled(if: isAskedFor))
  func visits() throws {
    func states(_ steps: [Step]) throws -> Set<UInt64> {
      let lockstep = Lockstep()
      let run = try #require(lockstep.run(Program(steps: steps), on: .pkvm))
      return Set(run.notes.states)
    }
    let (short, long) = (try states([]), try states([.dmaAlloc(.a), .free(.a), .mapMMIO(1)]))
    #expect(short.count > 20)
    #expect(long.subtracting(short).count > 20)
  }
}
