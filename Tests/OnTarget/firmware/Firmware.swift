// What protected VM firmware does, by the shipped core, from boot to the guest OS, and what is seen
// of it.

import MemorySharing

/// - Returns: the device tree's address, for the guest OS.
@c(firmware_main) public func firmwareMain(_ treeAddress: UInt64) -> UInt64 {
  guard let tree = DeviceTree(at: treeAddress) else { fail("there is a device tree") }
  let arguments = BootArguments(tree)
  let run = Run(tree, arguments)
  checkIsolation()
  checkCalls(run.manners, granule: run.granule)
  checkDetection(run.manners, run.hypervisor)
  if run.sharesOnDemand {
    checkFailures(run.hypervisor, granule: run.granule)
    checkTeardowns(run.hypervisor, granule: run.granule)
    checkQuarantine(run.hypervisor, granule: run.granule)
    checkDrop(run.hypervisor, granule: run.granule, defect: run.defect)
  } else {
    skipped("calls that fail: nothing is shared on demand")
  }
  var devices = Guard(run.hypervisor, run.manners)
  checkGuardAnswers(run.manners)
  var pool = run.startPool()
  let transport = findDisk(tree, &devices)
  passed(
    devices.isThere
      ? "console, PCI and disk are out of reach until they are declared"
      : "console, PCI and disk are in reach: no MMIO guard")
  run.checkDevice(transport, &pool)
  if run.defect == .traps { _ = Place.foreign[Int(run.granule)] }
  // Buffers that nobody frees: the teardown must take them back all the same.
  do throws(ShareError) {
    for pages: UInt64 in [1, 3, 8] { _ = try pool.dmaAlloc(pages: pages, direction: .both) }
  } catch {
    fail("the pool serves until the end", error)
  }
  run.enterGuest(consume pool, consume devices)
  return treeAddress
}

/// What stays the same for a run.
struct Run {
  let arguments: BootArguments
  let manners: Manners
  let hypervisor: Hypervisor
  /// Bytes; MEMINFO's, where it answers.
  let granule: UInt64
  let defect: Defect

  init(_ tree: DeviceTree, _ arguments: BootArguments) {
    self.arguments = arguments
    manners = Manners(arguments)
    defect = Defect(arguments)
    do throws(ShareError) {
      hypervisor = try Hypervisor.detect(
        through: Conduit(defect: defect),
        generation: manners.has(Manners.answersLikeAndroid13) ? .android13 : .current)
      granule =
        manners.has(Manners.sharesNothing) ? pageBytes : try hypervisor.granule().bytes
    } catch {
      fail("the core detects a hypervisor", error)
    }
  }

  var sharesOnDemand: Bool { !manners.has(Manners.sharesNothing) }

  /// The pool of the scenario, backed as the hypervisor wants it.
  func startPool() -> Pool {
    let support = hypervisor.sharingSupport
    var pool = makePool(hypervisor, arena: Place.arena(2), isStatic: support == .beforeBoot)
    do throws(ShareError) {
      let ram = Place.ram
      var map = MemoryMap(
        memory: try AddressRange(
          start: PhysicalAddress(ram.lowerBound), size: ram.upperBound - ram.lowerBound))
      let range = StaticRange.ofPool
      try pool.initialise(
        for: support, staticRange: (range.lowerBound, range.upperBound - range.lowerBound), in: &map
      )
    } catch {
      fail("the pool is initialised", error)
    }
    switch pool.backing {
    case .dynamic: passed("the pool is dynamic")
    case .fixed: passed("the pool is the range that was shared before boot")
    case .heap: passed("the pool is in heap mode")
    default: fail("the pool has a backing")
    }
    return pool
  }

  /// All that is asked of the disk.
  func checkDevice(_ transport: VirtioTransport, _ pool: inout Pool) {
    let bench = DeviceBench(transport: transport, defect: defect)
    checkDisk(bench, &pool)
    guard !manners.has(Manners.hidesNothing) else {
      var host = HostCPU()
      checkHostCPU(&host, manners, granule: granule)
      return skipped("refused DMA and a hostile host: nothing is hidden from either")
    }
    checkRefusedDMA(bench, &pool, granule: sharesOnDemand ? granule : nil)
    checkUsedRing(bench, &pool)
    let seed = arguments.number("sharecheck.seed") ?? 1
    checkSeededHost(
      bench, &pool, seed: seed, rounds: arguments.number("sharecheck.rounds") ?? 100)
    checkSteppingHost(bench, &pool, seed: seed)
    if arguments.has("sharecheck.host=none") {
      skipped("the host's CPU: there is none")
    } else {
      checkHost(bench, &pool)
    }
    _ = Truth.takeRefusedDMA()
    check(Truth.isConsistent, "translations follow the pool after all attacks")
  }

  private func checkHost(_ bench: DeviceBench, _ pool: inout Pool) {
    fill(Mailbox.page, bytes: pageBytes, 0)
    if sharesOnDemand {
      check(shareByHand(Mailbox.page) == Answer.success, "the mailbox is shared")
    }
    var host = HostCPU()
    checkHostCPU(&host, manners, granule: granule)
    checkFreeHost(bench, &pool, &host, rounds: 36)
    if sharesOnDemand {
      check(unshareByHand(Mailbox.page) == Answer.success, "the mailbox is taken back")
    }
  }

  /// Takes everything back, and is silent from there on.
  func enterGuest(_ pool: consuming Pool, _ devices: consuming Guard) {
    say("     shared until here: ")
    say(Truth.sharedGranules)
    say(", and no buffer is freed by hand; entering the guest OS\n")
    isEnteringGuest = true
    let isStatic = pool.backing == .fixed
    let report = pool.unshareAll()
    check(report.granulesQuarantined == 0, "the last teardown quarantines nothing")
    let arena = Place.arena(2)
    check(
      isStatic || isFilled(arena.lowerBound, bytes: Place.arenaBytes, 0),
      "the last teardown scrubs all that host and device wrote")
    if defect == .leaksGranule { _ = shareByHand(Place.granule) }
    // Nobody hears of it but by the status.
    if devices.unmapAll() != 0 { endSilently() }
    if arguments.has("sharecheck.guest=linux") { _ = hvc(ControlCall.liftGuard, 0, 0, 0) }
  }
}

/// Ends the run where the console is out of reach.
private func endSilently() -> Never {
  leave(1)
  while true {}
}

/// Finds the disk behind the PCI host bridge and places its registers.
private func findDisk(_ tree: DeviceTree, _ devices: inout Guard) -> VirtioTransport {
  guard let bridge = PCIHostBridge(tree) else { fail("there is a PCI host bridge") }
  devices.map(bridge.configuration, "PCI's configuration is out of reach until it is declared")
  let virtio: UInt32 = 0x1AF4
  let modernBlock: UInt32 = 0x1042
  guard let function = bridge.function(vendor: virtio, device: modernBlock),
    let transport = VirtioTransport(function, in: bridge.window)
  else { fail("there is a modern virtio-blk device") }
  devices.map(transport.bar, "the disk's registers are out of reach until they are declared")
  return transport
}
