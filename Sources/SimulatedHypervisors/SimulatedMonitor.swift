import MemorySharing

/// A hypervisor that knows who can reach which granule, and answers as spec §5 says.
///
/// Source: Linux `arch/arm64/kvm/hyp/nvhe/mem_protect.c` and the Android common kernels' guest
/// calls. Differs: what is invisible to a guest (a page not yet mapped, a replay) is left out.
public final class SimulatedMonitor {
  public let events: PortEventStream
  public internal(set) var configuration: MonitorConfiguration

  /// What the host can reach.
  public internal(set) var shared = SortedRanges()
  /// Shared granules that the host has pinned for DMA.
  public internal(set) var pinned = SortedRanges()
  /// The MMIO granules that the guest has declared.
  public internal(set) var mmio = SortedRanges()
  public internal(set) var isEnrolled = false
  /// What owners could not take back when they were dropped.
  public internal(set) var abandoned: [AddressRange] = []

  /// The fault that every call meets until this is nil again, save one that meets its own.
  public var standingFault: FaultMode?
  /// What goes wrong besides, stronger than all other faults; nil again at a reset.
  public var runFault: RunFault?
  /// Has the host write into all that it can reach; the monitor knows no memory.
  public var hostWrite: (() -> Void)?
  public internal(set) var faultCounts = FaultCounts()
  /// Hypercalls in this command.
  public internal(set) var callsInCommand: Int = 0
  /// Hypercalls since the last reset.
  public internal(set) var callsInAll: Int = 0

  /// The faults of this command, and what the host does in its middle, by position.
  public internal(set) var armedFaults: [Fault] = []
  private var deeds: [(position: Int, deed: HostDeed)] = []
  /// Those of them that were done, and changed something.
  public private(set) var effectiveDeeds: [HostDeed] = []
  private var callCounts: InlineArray<10, Int> = InlineArray(repeating: 0)

  public init(
    _ configuration: MonitorConfiguration, events: PortEventStream = PortEventStream()
  ) {
    self.configuration = configuration
    self.events = events
  }

  /// Everything as it was when the machine was switched on; keeps storage, and the observer.
  public func reset(_ configuration: MonitorConfiguration) {
    self.configuration = configuration
    shared.removeAll()
    pinned.removeAll()
    mmio.removeAll()
    isEnrolled = false
    abandoned.clear()
    standingFault = nil
    runFault = nil
    hostWrite = nil
    armedFaults.clear()
    deeds.clear()
    effectiveDeeds.clear()
    faultCounts = FaultCounts()
    callsInCommand = 0
    callsInAll = 0
    callCounts = InlineArray(repeating: 0)
  }

  /// Starts a command, with one of its hypercalls going wrong.
  public func beginCommand(fault: Fault? = nil) {
    callsInCommand = 0
    armedFaults.clear()
    deeds.clear()
    effectiveDeeds.clear()
    if let fault { arm(fault) }
  }

  /// Lets one more hypercall of the command that begins go wrong.
  public func arm(_ fault: Fault) { armedFaults.append(fault) }

  /// Has the host act just before a hypercall of the command that begins, the first being 1.
  public func arm(_ deed: HostDeed, before position: Int) { deeds.append((position, deed)) }

  /// How often this function was called since the last reset.
  public func calls(of function: HypercallFunction) -> Int { callCounts[slot(of: function)] }

  /// Shares a range with the host before the guest starts (Gunyah); no hypercall, no event.
  public func shareBeforeBoot(_ range: AddressRange) { shared.insert(range) }

  func countCall(of function: HypercallFunction?) {
    callsInCommand += 1
    callsInAll += 1
    callCounts[slot(of: function)] += 1
  }

  private func slot(of function: HypercallFunction?) -> Int {
    switch function {
    case nil: 0
    case .vendorUID: 1
    case .memInfo: 2
    case .memShare: 3
    case .memUnshare: 4
    case .mmioGuardInfo: 5
    case .mmioGuardEnroll: 6
    case .mmioGuardMap: 7
    case .mmioGuardUnmap: 8
    case .features: 9
    }
  }
}

extension SimulatedMonitor: HypercallConduit {
  public func call(_ asked: HypercallRegisters) -> HypercallRegisters {
    events.willCall?()
    let function = HypercallFunction(rawValue: UInt32(truncatingIfNeeded: asked.x0))
    countCall(of: function)
    let fault = nextFault()
    if let fault { faultCounts.count(fault) }

    var effect = HypercallEffect.none
    var answer: HypercallRegisters
    switch fault {
    case nil:
      answer = perform(function, asked, &effect)
    case .fails(let value):
      answer = HypercallRegisters(UInt64(bitPattern: failure(value, of: function)))
    case .failsButTakesEffect:
      _ = perform(function, asked, &effect)
      answer = .invalidParameter
    case .answersGarbage(let value):
      answer = HypercallRegisters(garbage(value, of: function))
    }
    if configuration.behaviour.answersLikeAndroid13 {
      answer.x0 = android13Answer(answer.x0, to: function, effect)
    }
    events.send(
      .hypercall(
        HypercallEvent(
          asked: asked, of: function, answer: answer.x0, effect: effect, fault: fault)))
    return answer
  }

  /// The fault of the call that was counted last.
  private func nextFault() -> FaultMode? {
    if let runFault, runFault.calls.contains(callsInAll) {
      switch runFault.kind {
      case .goesWrong(let mode): return mode
      case .hostPins: pinAll()
      case .hostWrites: hostWrite?()
      }
    }
    for (position, deed) in deeds where position == callsInCommand { act(deed) }
    for fault in armedFaults where fault.position == callsInCommand {
      if fault.lasts { standingFault = fault.mode }
      return fault.mode
    }
    return standingFault
  }

  private func act(_ deed: HostDeed) {
    if changesSomething(deed) { effectiveDeeds.append(deed) }
    switch deed {
    case .writes: hostWrite?()
    case .pins: pinAll()
    case .unpins: unpinAll()
    }
  }

  private func changesSomething(_ deed: HostDeed) -> Bool {
    switch deed {
    case .writes: !shared.isEmpty
    case .pins: !shared.ranges.allSatisfy { pinned.contains($0) }
    case .unpins: !pinned.isEmpty
    }
  }

  public func abandon(_ granules: AddressRange) {
    abandoned.append(granules)
    events.send(.abandoned(granules))
  }
}

extension HypercallRegisters {
  static var success: HypercallRegisters { HypercallRegisters(0) }
  static var notSupported: HypercallRegisters { HypercallRegisters(UInt64(bitPattern: -1)) }
  static var notRequired: HypercallRegisters { HypercallRegisters(UInt64(bitPattern: -2)) }
  static var invalidParameter: HypercallRegisters { HypercallRegisters(UInt64(bitPattern: -3)) }
}
