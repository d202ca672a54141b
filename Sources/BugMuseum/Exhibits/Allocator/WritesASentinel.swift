import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let writesASentinel = Exhibit(
    "writes-a-sentinel",
    "The allocator's book ends with a word for which nobody has reserved room.",
    source: "ours: one element more than the function for the size counts",
    seenBy: ["storage-is-not-overrun"], shown: .unmetered
  ) { machine in
    try CoreSystem(machine, poolBlocks: SentinelBlocks(machine))
  }
}

private final class SentinelBlocks: CoreBlocks {
  private let machine: Machine

  override init(_ machine: Machine) {
    self.machine = machine
    super.init(machine)
  }

  override func add(_ range: AddressRange) throws(ShareError) {
    try super.add(range)
    let book = machine.storage(5, bytes: 32)
    book.baseAddress?.storeBytes(of: range.end.rawValue, toByteOffset: 32, as: UInt64.self)
  }
}
