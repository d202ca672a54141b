import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  /// One write of the host makes the second next allocation return an address of the host's choice.
  static let metadataInSharedMemory = Exhibit(
    "metadata-in-shared-memory",
    "The pool links its free blocks through their first bytes, which the host can write.",
    source: "AOSP pvmfw at 'Improve memory sharing with the host'; fixed by 87933f3a",
    seenBy: ["the-host-cannot-steer"], scope: [.dynamic, .fixed],
    shown: Capabilities.unmetered.subtracting(.freeBlocks)
  ) { machine in
    // A link needs eight bytes.
    guard machine.configuration.minimumBlock >= 8 else { return nil }
    return try CoreSystem(machine, poolBlocks: IntrusiveBlocks(machine))
  }
}

/// A buddy allocator whose free lists run through the free blocks: each block's first word is the
/// address of the next. What the host writes there is believed when the block is taken.
private final class IntrusiveBlocks: TextbookBlocks {
  private let memory: TaggedMemory

  override init(_ machine: Machine) {
    memory = machine.memory
    super.init(machine)
  }

  override func removeFirst(_ order: UInt64) -> UInt64 {
    let address = super.removeFirst(order)
    let next = memory.readWord(at: PhysicalAddress(address))
    if next != free[Int(order)].first ?? 0 { free[Int(order)] = next == 0 ? [] : [next] }
    return address
  }

  override func list(_ address: UInt64, _ order: UInt64) {
    super.list(address, order)
    link(around: address, order)
  }

  override func remove(_ address: UInt64, _ order: UInt64) -> Bool {
    let lower = free[Int(order)].last { $0 < address }
    guard super.remove(address, order) else { return false }
    if let lower { link(lower, order) }
    return true
  }

  private func link(around address: UInt64, _ order: UInt64) {
    if let lower = free[Int(order)].last(where: { $0 < address }) { link(lower, order) }
    link(address, order)
  }

  /// Writes the address of the next block into a block.
  private func link(_ address: UInt64, _ order: UInt64) {
    let next = free[Int(order)].first { $0 > address } ?? 0
    memory.writeWord(next, at: PhysicalAddress(address))
  }

  override func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool { false }
}
