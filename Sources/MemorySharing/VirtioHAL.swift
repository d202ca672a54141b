/// Which way bytes go through a buffer. AOSP: `BufferDirection`.
public enum BufferDirection: Equatable, Sendable {
  case driverToDevice
  case deviceToDriver
  case both

  @usableFromInline
  var reachesDevice: Bool { self != .deviceToDriver }
  @usableFromInline
  var reachesDriver: Bool { self != .driverToDevice }
}

/// Memory that driver and device both use.
public struct DMABuffer: Equatable, Sendable {
  /// What the device is told.
  public let physical: PhysicalAddress
  /// What the driver uses.
  public let virtual: VirtualAddress

  @inlinable
  public init(physical: PhysicalAddress, virtual: VirtualAddress) {
    self.physical = physical
    self.virtual = virtual
  }
}

/// A driver's own, private buffer.
public struct GuestBuffer: Equatable, Sendable {
  public let address: VirtualAddress
  /// Bytes.
  public let size: UInt64

  @inlinable
  public init(address: VirtualAddress, size: UInt64) {
    self.address = address
    self.size = size
  }
}

/// The virtio HAL (spec §6). AOSP: `HalImpl`. Differs: errors instead of panics.
extension SharedPool where Blocks: ~Copyable {
  /// Physically contiguous pages for driver and device, zeroed. AOSP: `dma_alloc`.
  ///
  /// - Parameter pages: how many pages of 4096 bytes, whatever the granule is.
  /// - Throws: `sizeIsZero`, `sizeOverflows`, and what `allocateShared` throws.
  @inlinable
  public mutating func dmaAlloc(
    pages: UInt64, direction: BufferDirection
  ) throws(ShareError) -> DMABuffer {
    try requireOpen()
    let layout = try Self.layout(ofPages: pages)
    let address = try allocateShared(layout)
    // A recycled block holds what its last user, or the host, left there.
    memory.zero(AddressRange(uncheckedStart: address.rawValue, size: layout.size))
    return DMABuffer(physical: address, virtual: memory.virtualAddress(of: address))
  }

  /// Gives pages back. AOSP: `dma_dealloc`.
  ///
  /// - Throws: `sizeIsZero`, `sizeOverflows`, and what `deallocateShared` throws.
  @inlinable
  public mutating func dmaDealloc(
    _ address: PhysicalAddress, pages: UInt64
  ) throws(ShareError) {
    try requireOpen()
    try deallocateShared(address, try Self.layout(ofPages: pages))
  }

  /// A bounce buffer for a private one: holding its bytes when they go to the device, zero when
  /// they do not. AOSP: `share`.
  ///
  /// - Returns: the address for the device.
  /// - Throws: `sizeIsZero`, `rangeOverflows`, and what `allocateShared` throws.
  @inlinable
  public mutating func share(
    _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) -> PhysicalAddress {
    try requireOpen()
    let (layout, source) = try check(buffer)
    let bounce = try allocateShared(layout)
    if direction.reachesDevice {
      memory.copy(from: source.start, to: bounce, size: buffer.size)
    } else {
      // A device that writes less than the buffer must not hand on an earlier user's bytes.
      memory.zero(AddressRange(uncheckedStart: bounce.rawValue, size: buffer.size))
    }
    return bounce
  }

  /// Ends a bounce buffer, after copying back what the device wrote, if the direction lets it.
  /// AOSP: `unshare`.
  ///
  /// What was only sent is never copied back: a descriptor table is shared that way, and the host
  /// would choose the addresses of later frees.
  ///
  /// - Throws: `sizeIsZero`, `rangeOverflows`, and what `deallocateShared` throws; nothing has been
  ///   copied then.
  @inlinable
  public mutating func unshare(
    _ bounce: PhysicalAddress, _ buffer: GuestBuffer, direction: BufferDirection
  ) throws(ShareError) {
    try requireOpen()
    let (layout, destination) = try check(buffer)
    // The address is checked before anything is copied, and the block freed when nothing more is
    // wanted of it.
    try blocks.check(bounce, layout)
    if direction.reachesDriver {
      memory.copy(from: bounce, to: destination.start, size: buffer.size)
    }
    try deallocateShared(bounce, layout)
  }

  @inlinable
  static func layout(ofPages pages: UInt64) throws(ShareError) -> Layout {
    let (size, overflow) = pages.multipliedReportingOverflow(by: pageSize)
    guard !overflow else { throw .sizeOverflows(pages) }
    return try Layout(size: size, alignment: pageSize)
  }

  @inlinable
  func check(_ buffer: GuestBuffer) throws(ShareError) -> (Layout, AddressRange) {
    let layout = try Layout(size: buffer.size, alignment: 16)
    let start = memory.physicalAddress(of: buffer.address)
    return (layout, try AddressRange(start: start, size: buffer.size))
  }
}
