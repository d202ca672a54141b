/// The PCI host bridge, as the device tree gives it.
struct PCIHostBridge {
  /// The configuration space of bus 0: a page for each function.
  let configuration: Range<UInt64>
  /// Where BARs may be put, below 4 GiB.
  let window: Range<UInt64>

  /// Nil where there is none with a window below 4 GiB.
  ///
  /// Source: Devicetree Specification 0.4, `ranges`; IEEE 1275 PCI binding: cells are flags, PCI
  /// address (2), CPU address (2), size (2), and flags 2 in bits 24 and 25 mean memory of 32 bits.
  init?(_ tree: DeviceTree) {
    var configuration: UInt64?
    var window: Range<UInt64>?
    tree.forEachNode { node in
      guard node.isCompatible(with: "pci-host-ecam-generic") else { return }
      node.forEachRegister { configuration = $0.lowerBound }
      guard let ranges = node.value("ranges") else { return }
      var at = ranges.start
      while at + 28 <= ranges.end {
        let start = bigEndian64(at + 12)
        // One entry only: where PCI's addresses are the CPU's.
        if r32(at).bigEndian >> 24 & 3 == 2, bigEndian64(at + 4) == start {
          window = start..<start + bigEndian64(at + 20)
        }
        at += 28
      }
    }
    guard let configuration, let window else { return nil }
    self.configuration = configuration..<configuration + 32 * 8 * pageBytes
    self.window = window
  }

  /// A device's first function on bus 0.
  func function(vendor: UInt32, device: UInt32) -> PCIFunction? {
    var at = configuration.lowerBound
    while at < configuration.upperBound {
      if r32(at) == device << 16 | vendor { return PCIFunction(configuration: at) }
      at += 8 * pageBytes
    }
    return nil
  }
}

/// One function's page of configuration space. All that is read there is the host's word.
struct PCIFunction {
  let configuration: UInt64

  /// Puts a memory BAR, by its number, at the first fitting address of the window, and switches
  /// memory and DMA on; nil where it is none or does not fit.
  func place(bar number: UInt64, in window: Range<UInt64>) -> Range<UInt64>? {
    guard number < 6 else { return nil }
    let at = configuration + 0x10 + number * 4
    let kind = r32(at)
    guard kind & 1 == 0 else { return nil }
    let is64Bit = kind & 6 == 4
    w32(at, 0xFFFF_FFFF)
    let size = UInt64(~(r32(at) & ~15) &+ 1)
    // A device has at least a page to itself, since the guard declares whole pages.
    guard size >= pageBytes, size.nonzeroBitCount == 1 else { return nil }
    let start = (window.lowerBound + size - 1) & ~(size - 1)
    guard start + size <= window.upperBound else { return nil }
    w32(at, UInt32(truncatingIfNeeded: start))
    if is64Bit { w32(at + 4, 0) }
    w16(configuration + 4, 1 << 1 | 1 << 2)
    return start..<start + size
  }

  /// Hands over the offset of each vendor capability; a list that does not end is cut.
  func forEachVendorCapability(_ body: (UInt64) -> Void) {
    var at = UInt64(r8(configuration + 0x34)) & ~3
    for _ in 0..<48 where at >= 0x40 {
      if r8(configuration + at) == 9 { body(configuration + at) }
      at = UInt64(r8(configuration + at + 1)) & ~3
    }
  }
}
