import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let returnsDirtyMemoryToTheHeap = Exhibit(
    "returns-dirty-memory-to-the-heap",
    "At teardown a region goes back to the heap with what the host wrote into it.",
    source: "AOSP pvmfw, open: MemorySharer::drop", seenBy: ["returned-memory-is-scrubbed"],
    scope: .dynamic
  ) { machine in
    try DirtyPorts(machine).system()
  }
}

private final class DirtyPorts: SharingPorts {
  override func zero(_ range: AddressRange) {
    if !isTearingDown { super.zero(range) }
  }
}
