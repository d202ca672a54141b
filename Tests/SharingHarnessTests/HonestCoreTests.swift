import Exploration
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct HonestCoreTests {
  @Test("The core holds on every backend", arguments: Backend.all.map(\.id))
  func holds(backend id: String) throws {
    let backend = try #require(Backend.named(id))
    let result = try Campaign(backends: [backend], seed: 0, programs: 1000)
      .explore(on: LocalStage(.core))
    #expect(result.programs == 1000)
    if let finding = result.finding { Issue.record("\(finding)") }
  }
}
