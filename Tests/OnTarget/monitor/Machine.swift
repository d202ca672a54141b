/// What the device tree says of the machine, as far as the monitor cares.
struct Machine {
  /// Guest RAM: from the base as far as the host's image.
  let guestRAM: Range<UInt64>
  /// The host's own RAM, as far as the monitor.
  let hostRAM: Range<UInt64>
  /// What the guest may have of the devices. All else is left out on purpose, for it could reach
  /// memory past the SMMU, or undo it: the SMMU itself, fw_cfg, virtio-mmio, the ITS.
  private(set) var windows: [Range<UInt64>] = []
  private(set) var smmu: UInt64?

  /// - Parameter hostStart: where the host's image begins.
  init(_ tree: DeviceTree, hostStart: UInt64) {
    var base: UInt64?
    var end: UInt64 = 0
    tree.forEachNode { node in
      if let type = node.value("device_type"), type.hasText("memory") {
        node.forEachRegister {
          base = $0.lowerBound
          end = $0.upperBound
        }
      }
    }
    let monitorStart = address_of__image_start()
    guard let base, base < hostStart, address_of__image_end() <= end else {
      die("monitor: the RAM is not where the images are\n")
    }
    guestRAM = base..<hostStart
    hostRAM = hostStart..<monitorStart
    var windows: [Range<UInt64>] = []
    var smmu: UInt64?
    tree.forEachNode { node in
      if node.isCompatible(with: "arm,smmu-v3") {
        node.forEachRegister { smmu = $0.lowerBound }
      } else if Self.isGuests(node) {
        node.forEachRegister { windows.append($0) }
        Self.forEachBridgeWindow(node) { windows.append($0) }
      }
    }
    self.windows = windows
    self.smmu = smmu
  }

  private static func isGuests(_ node: DeviceTree.Node) -> Bool {
    node.isCompatible(with: "arm,pl011") || node.isCompatible(with: "arm,pl031")
      || node.isCompatible(with: "arm,pl061") || node.isCompatible(with: "arm,gic-v3")
      || node.isCompatible(with: "pci-host-ecam-generic")
  }

  /// The windows of a PCI host bridge: entries of seven cells, of which the fourth and fifth are
  /// the CPU's address and the last two the size.
  private static func forEachBridgeWindow(
    _ node: DeviceTree.Node, _ body: (Range<UInt64>) -> Void
  ) {
    guard node.isCompatible(with: "pci-host-ecam-generic"), let value = node.value("ranges") else {
      return
    }
    var at = value.start
    while at + 28 <= value.end {
      let base = bigEndian64(at + 12)
      body(base..<base + bigEndian64(at + 20))
      at += 28
    }
  }

  /// Takes out of the tree what the guest does not get, and has it call PSCI by HVC, so that the
  /// monitor sees it.
  static func hide(in tree: DeviceTree) {
    tree.forEachNode { node in
      if node.isCompatible(with: "arm,smmu-v3") || node.isCompatible(with: "virtio,mmio")
        || node.isCompatible(with: "qemu,fw-cfg-mmio")
      {
        node.erase()
      } else {
        node.value("iommu-map")?.erase()
        if node.isCompatible(with: "arm,psci") { node.value("method")?.replace(by: "hvc") }
      }
    }
  }
}
