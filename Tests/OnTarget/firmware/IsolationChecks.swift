// What EL1 can reach of the machine.

/// What is neither the guest's RAM nor one of its windows: console, clock, GPIO, GIC and PCI. Here
/// QEMU's `virt` puts what could undo what the monitor does: it reaches memory past the SMMU, or is
/// the SMMU, or the monitor itself, or the host's memory. Each page is looked at where small
/// devices are, one in 64 KiB elsewhere.
private var hidden: [(Range<UInt64>, step: UInt64)] {
  let large: UInt64 = 0x1_0000
  return [
    (0..<0x0800_0000, large), (0x0801_0000..<0x080A_0000, pageBytes),
    (0x0900_1000..<0x0901_0000, pageBytes), (0x0901_1000..<0x0903_0000, pageBytes),
    (0x0903_1000..<0x0A01_0000, pageBytes), (0x0A01_0000..<0x1000_0000, large),
    (0x4D00_0000..<0x5000_0000, large),
  ]
}

func checkIsolation() {
  check(read_CurrentEL() >> 2 == 1, "the firmware runs at EL1")
  for (range, step) in hidden {
    var address = range.lowerBound
    while address < range.upperBound {
      check(faults(at: address), "stage 2 hides monitor, host, SMMU, fw_cfg, virtio-mmio and ITS")
      address += step
    }
  }
  check(!faults(at: Place.clock), "the clock is in reach at first")
  passed("stage 2 hides monitor, host, SMMU, fw_cfg, virtio-mmio and ITS from EL1")
  // QEMU would start a CPU at EL2, at an address of EL1's choice.
  for word: UInt64 in [0, 1 << 30] {
    // CPU_ON, of a processor that is not there, CPU_OFF, CPU_SUSPEND.
    for number: UInt64 in [3, 2, 1] {
      let function = 0x8400_0000 | word | number
      check(
        smc(function, 2, 0x4020_0000, 0).x0 == Answer.notSupported,
        "PSCI by SMC starts no processor")
      check(
        hvc(function, 2, 0x4020_0000, 0).x0 == Answer.notSupported,
        "PSCI by HVC starts no processor")
    }
  }
  passed("PSCI by SMC and HVC starts and stops no processor")
}

/// Whether a read of a word is aborted, there and nowhere else.
func faults(at address: UInt64) -> Bool {
  let before = aborts()
  _ = r32(address)
  data_barrier()
  return aborts() == before + 1 && abort_address() == address
}
