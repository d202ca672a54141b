import Exploration
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite struct HonestCoreTests {
  @Test("The core holds on every backend", arguments: Backend.all.map(\.id))
  func holds(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let programs: UInt64 = inRelease(1000, debug: 60)
    let result = try Campaign(backends: [backend], seed: 0, programs: programs)
      .explore(on: LocalStage(.core))
    #expect(result.programs == programs)
    if let finding = result.finding { Issue.record("\(finding)") }
  }
}
