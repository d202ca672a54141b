import FuzzHarnesses
import PropertyTesting
import PropertyTestingAdaptor
import Testing

@Suite struct AllocatorTests {
  @Test("The allocator answers as the bitmap does")
  func core() {
    check(allocatorMachine, required: ["five live blocks", "five free blocks"])
  }

  @Test(
    "The machine sees what is wrong with an allocator", arguments: SabotagedBlocks.Sabotage.allCases
  )
  func sees(_ sabotage: SabotagedBlocks.Sabotage) {
    let sabotaged = machine(ofBlocks: { shape, metadata in
      SabotagedBlocks(shape, metadata, sabotage)
    })
    sabotaged.mustSay(sabotage.evidence)
  }
}
