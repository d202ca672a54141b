import MemorySharing
import SharingModel
import SimulatedHypervisors

/// The simulated machine under a system: memory, hypervisor and host, with one stream of events.
public final class Machine {
  public private(set) var configuration = Configuration()
  public private(set) var backend = Backend.pkvm
  public let events: PortEventStream
  public let memory: TaggedMemory
  public let monitor: SimulatedMonitor
  /// What the heap refuses the sharer; a system with a heap of its own asks it, too.
  public let heapFaults = HeapFaults()
  private var storage = GuardedStorage()
  /// The calls at the ports in this command, if it is interrupted.
  private(set) var portCalls = 0

  public init() {
    events = PortEventStream()
    memory = TaggedMemory(events: events)
    let configuration = Configuration()
    monitor = SimulatedMonitor(Self.monitored(configuration, .pkvm), events: events)
    memory.hostWord = { [unowned self] id, _ in forgedAddress(id) }
  }

  deinit { storage.deallocate() }

  public var adversary: HostAdversary { HostAdversary(monitor: monitor, memory: memory) }

  /// Switches the machine off and on, as another one.
  public func reset(_ configuration: Configuration, _ backend: Backend) {
    self.configuration = configuration
    self.backend = backend
    heapFaults.reset()
    storage.reset()
    memory.reset(virtualOffset: configuration.virtualOffset)
    monitor.reset(Self.monitored(configuration, backend))
    if backend.sharing == .beforeBoot {
      let range = configuration.staticRange
      memory.fill(range, .host(0))
      monitor.shareBeforeBoot(range)
    }
  }

  /// Starts a command, with what is to go wrong in it.
  ///
  /// - Parameter host: tells the writes of this machine's host from those of another one's.
  func beginCommand(_ faults: CommandFaults, host: UInt32) {
    monitor.beginCommand()
    portCalls = 0
    var (allocation, free): (Int?, Int?)
    for fault in faults {
      switch fault {
      case .hypercall(let position, let mode): monitor.arm(Fault(position: position, mode: mode))
      case .hypercalls(let position, let mode):
        monitor.arm(Fault(position: position, mode: mode, lasts: true))
      case .heapAllocation: allocation = 1
      case .heapFree(let position): free = position
      case .host(let deed, let position):
        if deed == .writes { letHostWrite(as: host) }
        monitor.arm(deed, before: position)
      // The guest's own: `interrupt` arms it.
      case .guest: break
      }
    }
    heapFaults.beginCommand(refusingAllocation: allocation, refusingFree: free)
  }

  /// Has something done in the middle of the command that begins, just before those of its calls at
  /// the ports that have these positions, the first being 1, as an interrupt would.
  func interrupt(before positions: [Int], _ deed: @escaping (_ place: Int) -> Void) {
    var isInside = false
    events.willCall = { [unowned self] in
      // What the handler itself calls interrupts nobody.
      if isInside { return }
      portCalls += 1
      isInside = true
      for (place, position) in positions.enumerated() where position == portCalls { deed(place) }
      isInside = false
    }
  }

  /// Ends the interrupts of a command.
  func endInterrupts() { events.willCall = nil }

  /// Has the host write when the monitor says so.
  private func letHostWrite(as host: UInt32) {
    // Ids of their own, since the command that runs may write, too.
    monitor.hostWrite = { [unowned self] in
      adversary.scribble(0x2000_0000 | UInt32(truncatingIfNeeded: monitor.callsInAll) | host)
    }
  }

  /// Lets one point of the run go wrong, counted from here on.
  ///
  /// - Parameter host: tells the writes of this machine's host from those of another one's.
  func disturb(_ disturbance: Disturbance, host: UInt32) {
    if disturbance.mode == .heapRefuses { heapFaults.allocations.positionInRun = disturbance.place }
    monitor.runFault = disturbance.runFault(after: monitor.callsInAll)
    if monitor.runFault?.kind == .hostWrites { letHostWrite(as: host) }
  }

  /// Storage of this many bytes in memory that no host can reach, aligned to 16; the same number
  /// gives the same memory again.
  public func storage(_ number: Int, bytes: UInt64) -> UnsafeMutableRawBufferPointer {
    storage.storage(number, bytes: Int(bytes))
  }

  /// The core's MMIO guard on this machine; nil where the hypervisor has none.
  ///
  /// - Throws: `hypercallFailed`, `mmioGranuleIsMisaligned`.
  func mmioGuard<Hypervisor: MMIOGuardHypervisor>(
    _ hypervisor: Hypervisor
  ) throws(ShareError) -> MMIOGuard<Hypervisor>? {
    let records = storage(3, bytes: configuration.mmioRecordBytes).bindMemory(to: AddressRange.self)
    do throws(ShareError) {
      return try MMIOGuard(
        hypervisor: hypervisor, window: configuration.deviceMemory, records: records)
    } catch {
      guard error == .mmioGuardUnsupported else { throw error }
      return nil
    }
  }

  /// What the storage is for outside of which something was written; nil where nothing was.
  var overrunStorage: String? {
    guard let number = storage.firstOverrun else { return nil }
    let names = [
      "the heap's metadata", "the pool's metadata", "the regions' records", "MMIO records",
    ]
    return number < names.count ? names[number] : "storage \(number)"
  }

  /// What the guest's firmware knows of the machine: all memory, and that the arena is taken.
  ///
  /// The gap before the static range, of which nobody else knows, is room for what crowds the map.
  public var memoryMap: MemoryMap {
    let arena = configuration.arena
    let range = configuration.staticRange
    let start = min(arena.start, range.start)
    let end = max(arena.end, range.end)
    var map = MemoryMap(
      memory: AddressRange(uncheckedStart: start.rawValue, size: end.rawValue - start.rawValue))
    try? map.track(arena)
    // Something is tracked after the arena, so that a map which asks its last region alone is seen.
    let gap = configuration.gapPages
    try? map.track(AddressRange(uncheckedStart: gap.end.rawValue - 4096, size: 4096))
    return map
  }

  /// The same with as many regions as it can track.
  var crowdedMap: MemoryMap {
    var map = memoryMap
    var page = configuration.gapPages.start.rawValue
    while map.regionCount < MemoryMap.capacity {
      try? map.track(AddressRange(uncheckedStart: page, size: 4096))
      page += 4096
    }
    return map
  }

  private static func monitored(
    _ configuration: Configuration, _ backend: Backend
  ) -> MonitorConfiguration {
    let ram = [configuration.arena, configuration.staticRange, configuration.driverMemory]
      .sorted { $0.start < $1.start }
    let granule = (try? Granule(bytes: configuration.granule)) ?? .one
    var result = backend.configuration(
      granule: granule, mmioGranule: configuration.mmioGranule, ram: ram)
    result.behaviour = backend.behaviour(in: configuration.disguise)
    return result
  }

  /// What a word that the host wrote reads as: an address of the host's choice, in private memory,
  /// another one for each write.
  private func forgedAddress(_ id: UInt32) -> UInt64 {
    if configuration.isMappable { return forgedPointer(id) }
    let page = UInt64(id & 0xfff) + UInt64(id >> 30) << 12
    return configuration.driverMemory.start.rawValue + page * 4096
  }

  /// The same where a subject may follow it: in private memory, or in the pool, where it passes for
  /// the subject's own; the address where the guest sees the byte, or its physical one.
  private func forgedPointer(_ id: UInt32) -> UInt64 {
    let pool = backend.sharing == .beforeBoot ? configuration.staticRange : configuration.arena
    let range = id & 2 == 0 ? configuration.driverMemory : pool
    let unit: UInt64 = 64
    let units = max(range.size / unit, 2) - 1
    let place = ((UInt64(id) &* 0x9E37_79B9_7F4A_7C15) >> 32) % units
    let start = (range.start.rawValue & ~(unit - 1)) &+ unit
    let isVirtual = id & 3 == 1 || id & 3 == 2
    return start &+ place * unit &+ (isVirtual ? configuration.virtualOffset : 0)
  }
}
