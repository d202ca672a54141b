import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let returnsWithAnotherAlignment = Exhibit(
    "returns-with-another-alignment",
    "A region goes back to the heap with an alignment of 1, whatever it was asked for with.",
    source: "ours: a layout made anew from the size", seenBy: ["regions-go-back-as-they-came"],
    scope: [.dynamic, .heap]
  ) { machine in
    try CarelessPorts(machine).system()
  }
}

private final class CarelessPorts: SharingPorts {
  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    try super.deallocate(address, try Layout(size: layout.size, alignment: 1))
  }
}
