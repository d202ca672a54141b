import MemorySharing

/// The core's allocator over a few blocks, for a walk.
package final class WalkedCore: WalkedAllocator {
  private static var minimumBlock: UInt64 { 16 }
  private let window: AddressRange
  private let orders: UInt64
  private let metadata: UnsafeMutableRawBufferPointer
  private var allocator: BuddyAllocator

  /// - Parameter blocks: smallest blocks, a power of two.
  package init(blocks: Int) {
    window = AddressRange(
      uncheckedStart: 0x8000_0000, size: UInt64(blocks) * Self.minimumBlock)
    orders = UInt64(blocks.trailingZeroBitCount) + 1
    let bytes = BuddyAllocator.metadataSize(
      covering: window, minimumBlock: Self.minimumBlock, orders: orders)
    metadata = .allocate(byteCount: Int(bytes ?? 0), alignment: 8)
    allocator = BuddyAllocator(
      minimumBlock: Self.minimumBlock, orders: orders, metadata: metadata)
  }

  deinit { metadata.deallocate() }

  package func reset() {
    allocator = BuddyAllocator(
      minimumBlock: Self.minimumBlock, orders: orders, metadata: metadata)
    do throws(ShareError) {
      try allocator.manage(window)
      try allocator.add(window)
    } catch {
      preconditionFailure("an allocator takes its own window: \(error)")
    }
  }

  package func allocate(order: Int) -> Int? {
    (try? allocator.allocate(layout(order))).map(slot)
  }

  package func free(_ slot: Int, order: Int) -> Bool {
    let address = PhysicalAddress(window.start.rawValue + UInt64(slot) * Self.minimumBlock)
    return (try? allocator.deallocate(address, layout(order))) != nil
  }

  package func forEachFreeBlock(_ body: (_ slot: Int, _ order: Int) -> Void) {
    allocator.forEachFreeBlock { address, order in body(slot(address), Int(order)) }
  }

  private func layout(_ order: Int) -> Layout {
    Layout(uncheckedSize: Self.minimumBlock << UInt64(order), alignment: 1)
  }

  private func slot(_ address: PhysicalAddress) -> Int {
    Int((address.rawValue - window.start.rawValue) / Self.minimumBlock)
  }
}
