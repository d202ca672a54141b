import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let freesTheHintNotTheRegion = Exhibit(
    "frees-the-hint-not-the-region",
    "Teardown frees a region with the layout that was asked for, not the one it was made with.",
    source: "AOSP pvmfw after 2a6b2171", seenBy: ["the-heap-is-whole-after-teardown"],
    scope: .dynamic, shown: .unmetered
  ) { machine in
    let ports = HintPorts(machine)
    return try ports.system(poolBlocks: HintedBlocks(machine, ports))
  }
}

private final class HintPorts: SharingPorts {
  /// What the buffer was asked for with whose refill runs.
  var hint: Layout?
  private var hints: [(region: PhysicalAddress, hint: Layout)] = []

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let region = try super.allocateZeroed(layout)
    hints.removeAll { $0.region == region }
    hints.append((region, hint ?? layout))
    return region
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    // A hint of the region's own block would be taken back, and do no harm.
    let hint = hints.first {
      $0.region == address
        && max($0.hint.size, $0.hint.alignment, machine.configuration.minimumBlock)
          <= layout.size / 2
    }?.hint
    try super.deallocate(address, isTearingDown ? hint ?? layout : layout)
  }
}

private final class HintedBlocks: CoreBlocks {
  private let ports: HintPorts

  init(_ machine: Machine, _ ports: HintPorts) {
    self.ports = ports
    super.init(machine)
  }

  override func region(
    toServe layout: Layout, granule: Granule
  ) throws(ShareError) -> Layout {
    ports.hint = layout
    return try super.region(toServe: layout, granule: granule)
  }
}
