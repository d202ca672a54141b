// What EL1 can reach of the machine.

/// QEMU's `virt` puts these where they could undo what the monitor does: they reach memory past the SMMU, or
/// are the SMMU, or the monitor itself, or the host's memory.
private var hidden: [UInt64] {
  [0x4D00_0000, 0x4E00_0000, 0x4FFF_F000, 0x0905_0000, 0x0902_0000, 0x0A00_0000, 0x0808_0000]
}

func checkIsolation() {
  check(read_CurrentEL() >> 2 == 1, "the firmware runs at EL1")
  for address in hidden {
    check(faults(at: address), "stage 2 hides monitor, host, SMMU, fw_cfg, virtio-mmio and ITS")
  }
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
