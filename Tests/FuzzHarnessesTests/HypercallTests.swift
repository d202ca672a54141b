import FuzzHarnesses
import MemorySharing
import PropertyTesting
import PropertyTestingAdaptor
import Testing

@Suite struct HypercallTests {
  @Test("Whatever is answered, calls are legal and memory follows from the answers")
  func core() {
    check(
      hypercallMachine, required: ["quarantine", "failed allocation", "three allocations"])
  }

  @Test(
    "The machine sees what is wrong with calls", arguments: SabotagedHypervisor.Sabotage.allCases)
  func sees(_ sabotage: SabotagedHypervisor.Sabotage) {
    let sabotaged = machine(
      ofHypercalls: HypercallClient(
        detect: { conduit, generation throws(ShareError) in
          try SabotagedHypervisor.detect(conduit, generation, sabotage)
        },
        pool: { hypervisor, arena in arena.pool(hypervisor) }))
    sabotaged.mustSay(sabotage.evidence)
  }

  typealias Hypervisor = DetectedHypervisor<ScriptedConduit>
  typealias Pool = SabotagedPool<Hypervisor, NoMemory>

  @Test("The machine sees what is wrong with a pool", arguments: Pool.Sabotage.allCases)
  func sees(_ sabotage: Pool.Sabotage) {
    let sabotaged = machine(
      ofHypercalls: HypercallClient(
        detect: { conduit, generation throws(ShareError) in
          try Hypervisor.detect(through: conduit, generation: generation)
        },
        pool: { hypervisor, arena in Pool(arena.pool(hypervisor), sabotage) }))
    sabotaged.mustSay(sabotage.evidence)
  }
}
