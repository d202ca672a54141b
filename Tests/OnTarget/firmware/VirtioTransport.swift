/// A modern virtio device on PCI: where its registers are.
///
/// Source: Virtio 1.2, 4.1.4.
struct VirtioTransport {
  /// The BAR that holds all of the structures.
  let bar: Range<UInt64>
  private let common: UInt64
  private let notify: UInt64
  private let notifyMultiplier: UInt64
  private let interrupt: UInt64
  private let configuration: UInt64

  private enum Register {
    static var deviceFeatureSelect: UInt64 { 0x00 }
    static var deviceFeature: UInt64 { 0x04 }
    static var driverFeatureSelect: UInt64 { 0x08 }
    static var driverFeature: UInt64 { 0x0C }
    static var status: UInt64 { 0x14 }
    static var queueSelect: UInt64 { 0x16 }
    static var queueSize: UInt64 { 0x18 }
    static var queueEnable: UInt64 { 0x1C }
    static var queueNotifyOffset: UInt64 { 0x1E }
    static var descriptors: UInt64 { 0x20 }
    static var available: UInt64 { 0x28 }
    static var used: UInt64 { 0x30 }
  }

  enum Status {
    static var acknowledge: UInt8 { 1 }
    static var driver: UInt8 { 2 }
    static var driverOK: UInt8 { 4 }
    static var featuresOK: UInt8 { 8 }
    static var needsReset: UInt8 { 0x40 }
  }

  /// Finds the structures and places their BAR; nil where the host tells of none that fit.
  init?(_ function: PCIFunction, in window: Range<UInt64>) {
    var number: UInt64?
    function.forEachVendorCapability { at in
      if r8(at + 3) == 1 { number = UInt64(r8(at + 4)) }
    }
    guard let number, let bar = function.place(bar: number, in: window) else { return nil }
    var found: (common: UInt64, notify: UInt64, interrupt: UInt64, configuration: UInt64) = (
      0, 0, 0, 0
    )
    var multiplier: UInt64 = 0
    function.forEachVendorCapability { at in
      let offset = UInt64(r32(at + 8))
      let length = UInt64(r32(at + 12))
      // Registers of 32 bits are read there, and devices are no place for unaligned accesses.
      guard UInt64(r8(at + 4)) == number, offset % 4 == 0,
        offset + length <= bar.upperBound - bar.lowerBound
      else { return }
      let address = bar.lowerBound + offset
      switch r8(at + 3) {
      case 1 where length >= 0x38: found.common = address
      case 2 where length >= 4:
        found.notify = address
        multiplier = UInt64(r32(at + 16))
      case 3 where length >= 1: found.interrupt = address
      case 4 where length >= 8: found.configuration = address
      default: break
      }
    }
    guard found.common != 0, found.notify != 0, found.interrupt != 0, found.configuration != 0
    else { return nil }
    self.bar = bar
    common = found.common
    notify = found.notify
    notifyMultiplier = multiplier
    interrupt = found.interrupt
    configuration = found.configuration
  }

  /// Of a disk, in sectors. Registers have 32 bits at most.
  var capacity: UInt64 { UInt64(r32(configuration)) | UInt64(r32(configuration + 4)) << 32 }

  var status: UInt8 { r8(common + Register.status) }

  func add(_ bits: UInt8) { w8(common + Register.status, status | bits) }

  /// Stops the device; after this it makes no more accesses. False where it does not come to rest.
  func reset() -> Bool {
    w8(common + Register.status, 0)
    for _ in 0..<1_000_000 where status == 0 { return true }
    return false
  }

  /// Whether the device offers all of these features and takes them.
  func negotiate(_ features: UInt64) -> Bool {
    for word: UInt32 in [0, 1] {
      let wanted = UInt32(truncatingIfNeeded: features >> (UInt64(word) * 32))
      w32(common + Register.deviceFeatureSelect, word)
      guard r32(common + Register.deviceFeature) & wanted == wanted else { return false }
      w32(common + Register.driverFeatureSelect, word)
      w32(common + Register.driverFeature, wanted)
    }
    add(Status.featuresOK)
    return status & Status.featuresOK != 0
  }

  /// Tells the device where queue 0 lies; false where it takes no queue of that size.
  func enable(_ queue: SplitQueue) -> Bool {
    w16(common + Register.queueSelect, 0)
    guard r16(common + Register.queueSize) >= SplitQueue.size else { return false }
    w16(common + Register.queueSize, SplitQueue.size)
    write(queue.descriptors, Register.descriptors)
    write(queue.available, Register.available)
    write(queue.used, Register.used)
    w16(common + Register.queueEnable, 1)
    return true
  }

  private func write(_ address: UInt64, _ register: UInt64) {
    w32(common + register, UInt32(truncatingIfNeeded: address))
    w32(common + register + 4, UInt32(truncatingIfNeeded: address >> 32))
  }

  /// Rings queue 0; an offset that leaves the BAR, or is odd, is not followed.
  func ring() {
    w16(common + Register.queueSelect, 0)
    let at = notify + UInt64(r16(common + Register.queueNotifyOffset)) * notifyMultiplier
    if at % 2 == 0, at + 2 <= bar.upperBound { w16(at, 0) }
  }

  /// Whether the device has raised its interrupt since the last look: no memory that the host could
  /// write in the meantime is asked.
  func takeInterrupt() -> Bool { r8(interrupt) & 1 != 0 }
}
