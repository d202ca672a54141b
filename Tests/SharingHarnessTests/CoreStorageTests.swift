import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct CoreStorageTests {
  @Test("A record for each of the most granules takes no more storage than a worker has")
  func most() throws {
    var configuration = Configuration()
    configuration.granule = 1
    configuration.minimumBlock = 1 << 20
    configuration.arenaSize = 1 << 40
    configuration = configuration.normalised
    #expect(configuration.arenaSize == 1 << 40)
    let storage = Storage.core(configuration, Backend.pkvm.sharing)
    #expect(storage.records == Configuration.mostRecordBytes)
    // What has no record is refused, and that is what must be.
    let program = Program(
      configuration: configuration,
      steps: [
        Step(.allocate(Slot(0), size: 1 << 34, alignment: 1)),
        Step(.heapAllocate(Slot(1), size: 1 << 34, alignment: 1, zeroed: true)),
      ])
    let run = Lockstep().run(program, on: .pkvm, keeping: .outcomes)
    #expect(run?.verdict.holds == true)
    guard case .failed(.outOfMetadata) = run?.outcomes.first else {
      Issue.record("\(String(describing: run?.outcomes.first))")
      return
    }
  }
}
