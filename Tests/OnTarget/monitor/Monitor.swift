// The monitor at EL2: it owns stage 2 and the SMMU, knows whose each page is, and answers the
// calls.

func die(_ why: StaticString) -> Never {
  say(why)
  leave(98)
  while true {}
}

/// All that the monitor knows.
struct Monitor {
  let defect: Defect
  var pool = PageAllocator()
  var ownership: Ownership
  var devices: GuestDevices
  let host: Stage2
  var manners: Manners
  /// Bytes.
  var granule: UInt64
  var faults = Faults()
  var lastEffect = CallEffect()
  var attacker = Attacker()
  var stepper = Stepper()
  var shares: UInt64 = 0
  var unshares: UInt64 = 0
  var refusals: UInt64 = 0

  init(_ tree: DeviceTree, hostStart: UInt64) {
    let arguments = BootArguments(tree)
    let machine = Machine(tree, hostStart: hostStart)
    let defect = Defect(arguments)
    devices = GuestDevices(machine, defect: defect, &pool)
    let hostTable = TranslationTable(&pool, attributes: Descriptor.stage2Memory)
    hostTable.map(machine.hostRAM, &pool)
    if defect == .hostSeesAll || defect == .silentlyHostSeesAll {
      hostTable.mapPages(machine.guestRAM, &pool)
    }
    host = Stage2(hostTable, identifier: 2)
    var smmu: Smmu?
    if let base = machine.smmu {
      smmu = Smmu(
        at: base, &pool, isOn: defect != .smmuOff, forgets: defect != .staleDeviceTranslations)
    }
    ownership = Ownership(machine, host: host, smmu: smmu, defect: defect, &pool)
    manners = Manners(arguments)
    if manners.uuid == Manners.gunyah { ownership.shareBeforeBoot(StaticRange.whole, &pool) }
    if manners.has(Manners.hidesNothing) { ownership.open(&pool) }
    granule = arguments.number("sharecheck.granule") ?? pageBytes
    self.defect = defect
  }

  /// Forgets everything that has happened.
  mutating func restart(_ manners: Manners, granule: UInt64) {
    ownership.restart(&pool)
    devices.lift()
    faults = Faults()
    attacker = Attacker()
    stepper.aim(at: 0, values: 0, seed: 0)
    (shares, unshares, refusals) = (0, 0, 0)
    self.manners = manners
    self.granule = granule
  }
}

var monitor: Monitor! = nil

/// Builds everything, starts CPU 1 and returns to enter the firmware.
@c(monitor_main) public func monitorMain(_ treeAddress: UInt64) {
  guard let tree = DeviceTree(at: treeAddress) else { die("monitor: no device tree\n") }
  monitor = Monitor(tree, hostStart: address_of__host_start())
  Machine.hide(in: tree)
  prepareEL1()
  monitor.devices.current.enable(trapsSMC: monitor.defect != .startsProcessors)
  let cpuOn: UInt64 = 0xC400_0003
  let hasHost = smc(cpuOn, 1, address_of_secondary(), 0).x0 == 0
  say("monitor: granule ")
  say(monitor.granule)
  say(hasHost ? ", host on CPU 1\n" : ", no host CPU\n")
}

/// CPU 1 comes here on a stack of its own and leaves for the host's image at EL1.
@c(monitor_secondary) public func monitorSecondary() {
  prepareEL1()
  monitor.host.enable(trapsSMC: true)
}

private func prepareEL1() {
  write_vpidr_el2(read_midr_el1())
  write_vmpidr_el2(read_mpidr_el1())
  write_cnthctl_el2(3)  // EL1 has the physical counter and timer
  write_cntvoff_el2(0)
  if read_id_aa64pfr0_el1() >> 24 & 15 != 0 { allow_gic_registers() }
  write_sctlr_el1(0x30D0_0800)  // MMU and caches off
}

@c(monitor_unexpected)
public func monitorUnexpected(
  _ vector: UInt64, _ syndrome: UInt64, _ place: UInt64, _ address: UInt64
) {
  say("monitor: exception of vector ")
  say(vector)
  say(", ")
  reportFatal(syndrome, place, address)
}

/// Whatever EL1 cannot do by itself; `x` are its x0 to x30.
@c(monitor_trap) public func monitorTrap(_ x: UnsafeMutablePointer<UInt64>) {
  let syndrome = read_esr_el2()
  let isGuest = read_mpidr_el1() & 0xFF == 0
  // What goes back to a guest that steps goes on for one instruction.
  defer { if isGuest, monitor.stepper.isOn { write_spsr_el2(read_spsr_el2() | 1 << 21) } }
  switch syndrome >> 26 & 0x3F {
  case 0x32 where isGuest: monitor.step()
  case 0x16 where isGuest: guestCall(x)
  case 0x17 where isGuest:
    write_elr_el2(read_elr_el2() + 4)  // a trapped SMC returns to itself
    psci(x)
  case 0x16: x[0] = Answer.notSupported  // the host has no calls
  case 0x17:
    write_elr_el2(read_elr_el2() + 4)
    x[0] = Answer.notSupported
  case 0x20, 0x24: injectAbort(syndrome)
  default: monitorUnexpected(8, syndrome, read_elr_el2(), read_far_el2())
  }
}

private func guestCall(_ x: UnsafeMutablePointer<UInt64>) {
  let asked = registers(x[0], x[1], x[2], x[3])
  let service = x[0] & ~(1 << 30)
  if service >= 0x8400_0000, service <= 0x8400_001F { return psci(x) }
  let answer = monitor.controlCall(asked) ?? monitor.vendorCall(asked)
  (x[0], x[1], x[2], x[3]) = (answer.x0, answer.x1, answer.x2, answer.x3)
}

/// Harmless PSCI calls go on to QEMU. A guest OS begins with PSCI_VERSION, which is the moment to
/// judge the firmware.
private func psci(_ x: UnsafeMutablePointer<UInt64>) {
  let version: UInt64 = 0x8400_0000
  if x[0] == version { judgeGuestEntry() }
  switch x[0] & ~(1 << 30) {
  case version, 0x8400_0006, 0x8400_0008, 0x8400_0009, 0x8400_000A:
    let answer = smc(x[0], x[1], x[2], x[3])
    (x[0], x[1], x[2], x[3]) = (answer.x0, answer.x1, answer.x2, answer.x3)
  default: x[0] = Answer.notSupported
  }
}

private func judgeGuestEntry() {
  let wrong = monitor.ownership.mismatches()
  let left = monitor.ownership.pagesSharedByGuest
  say("monitor: the guest OS makes its first PSCI call; ")
  say(left)
  say(" pages shared, ")
  say(wrong)
  say(" wrong in the tables\n")
  if left != 0 || wrong != 0 { leave(10) }
}

/// Hands a stage-2 fault to EL1 as a synchronous external abort, as protected KVM does.
private func injectAbort(_ syndrome: UInt64) {
  let state = read_spsr_el2()
  let isFromEL1 = state & 0xC != 0
  let isData = syndrome >> 26 & 0x3F == 0x24
  let kind: UInt64 = (isData ? 0x24 : 0x20) + (isFromEL1 ? 1 : 0)
  write_esr_el1(kind << 26 | 1 << 25 | 0x10)
  write_far_el1(read_far_el2())
  write_elr_el1(read_elr_el2())
  write_spsr_el1(state)
  let usesOwnStack = state & 1 == 1
  write_elr_el2(read_vbar_el1() + (isFromEL1 ? (usesOwnStack ? 0x200 : 0) : 0x400))
  write_spsr_el2(0x3C5)
}
