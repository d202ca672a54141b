import FuzzHarnesses
import PropertyTesting
import PropertyTestingAdaptor
import Testing

@Suite struct DifferentialTests {
  @Test("Allocators with more orders, moved and scaled answer alike")
  func core() {
    check(differentialMachine, required: ["three frees"])
  }

  static let relations: [(name: String, relation: Generator<PairRelation>)] = [
    ("more orders", .moreOrders), ("translated", .translated), ("scaled", .scaled),
  ]

  @Test("In each relation the machine sees what is wrong with one of two", arguments: 0..<3)
  func sees(_ index: Int) {
    let (name, relation) = Self.relations[index]
    for sabotage in SabotagedBlocks.Sabotage.allCases where sabotage != .checksNothing {
      // Regions are compared, so a forgotten granule shows, and a lost top order where both have
      // one.
      if name == "more orders", sabotage == .knowsNoTopOrder { continue }
      let sabotaged = machine(ofTwins: relation) { shape, metadata in
        SabotagedBlocks(shape, metadata, sabotage)
      }
      #expect(sabotaged.isCaught, "\(sabotage), \(name)")
    }
  }
}
