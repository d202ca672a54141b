import MemorySharing
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// The machine behind the pipes, kept in step with the simulated one of a lockstep.
///
/// What the lockstep does to the simulated machine is done to the real one before its next call:
/// writes of guest and host, pins, standing faults. What the real one tells of a call is what the
/// checks get to see; each of its hypercalls is asked of the simulated hypervisor as well, and all
/// memory that a call or a write has touched is compared, byte by byte. The first difference is
/// kept.
final class Target {
  /// The first thing in which the target differs from the simulation in this program.
  private(set) var difference: Difference?
  private(set) var calls = 0
  private(set) var hypercalls = 0
  /// How many of them an exception ended, without an answer.
  private(set) var unanswered = 0
  private(set) var bytesCompared: UInt64 = 0

  /// Where a real guest has memory, whatever a program's machine has.
  static var memory: Range<UInt64> { 0x4000_0000..<0x4C00_0000 }

  private let connection: Connection
  /// Whether a host reads what it reaches.
  private let isReal: Bool
  /// Whether what the host reaches is anybody's guess.
  private let isHostile: Bool
  /// The simulated machine that goes along.
  private let machine: Machine
  /// The message that goes out with the next call, and what its words want answered before that.
  private var message: [UInt64] = []
  private var awaited: [Awaited] = []
  /// What has been written since memory was compared last.
  private var touched: [AddressRange] = []
  private var pinned = SortedRanges()
  private var standingFault: FaultMode?
  private var isOn = false
  private var observation = Observation()

  private enum Awaited {
    case hostWrite(AddressRange)
    case hostReads(AddressRange, ByteOrigin)
    case pin(PhysicalAddress)
    case memory(AddressRange, ByteOrigin)
    case tables
    case sharedPages
  }

  init(_ connection: Connection, with lockstep: Lockstep, isReal: Bool, isHostile: Bool) {
    self.connection = connection
    self.isReal = isReal
    self.isHostile = isHostile
    machine = lockstep.machine
    let observer = machine.events.observer
    machine.events.observer = { [unowned self] event in
      if case .memoryFilled(let range, let origin) = event { noteWrite(range, origin) }
      observer?(event)
    }
  }

  /// The core on the target. The machine of a lockstep's twin has the core in this process: what
  /// the target answers must not depend on what the host writes, nor on where it runs.
  static func rig(_ target: @escaping () -> Target?) -> Rig {
    nonisolated(unsafe) let target = target
    return Rig(id: "on-target", shown: Capabilities.everything.subtracting([.steps, .turnstile])) {
      machine in
      guard let target = target(), target.machine === machine else {
        return try CoreSystem(machine)
      }
      return target.restart() ? TargetSystem(target) : nil
    }
  }

  private func noteWrite(_ range: AddressRange, _ origin: ByteOrigin) {
    guard isOn else { return }
    write(range, origin)
    touched.append(range)
  }

  private func write(_ range: AddressRange, _ origin: ByteOrigin) {
    if case .host = origin {
      message.append(Request.hostFill)
      awaited.append(.hostWrite(range))
    } else {
      message.append(Request.fill)
    }
    message += [range.start.rawValue, range.size, UInt64(origin.byte)]
  }

  // MARK: Asking

  private func differ(_ kind: Difference.Kind, _ evidence: @autoclosure () -> String) {
    if difference == nil { difference = Difference(kind: kind, evidence: evidence()) }
  }

  /// Starts over behind a difference; the target itself is restarted with the next program.
  private func forget() {
    difference = nil
    message.removeAll(keepingCapacity: true)
    awaited.removeAll(keepingCapacity: true)
  }

  /// Sends the message and reads what is awaited; nil where the target has failed.
  private func ask() -> AnswerReader? {
    guard difference == nil else { return nil }
    do {
      var answer = AnswerReader(try connection.ask(message))
      message.removeAll(keepingCapacity: true)
      for wanted in awaited { try check(wanted, &answer) }
      awaited.removeAll(keepingCapacity: true)
      return answer
    } catch {
      differ(.lost, "\(error)")
      return nil
    }
  }

  private func check(_ wanted: Awaited, _ answer: inout AnswerReader) throws(TargetFailure) {
    switch wanted {
    case .hostWrite(let range):
      if try answer.next() != 1 { differ(.host, "the host does not reach all of \(range)") }
    case .hostReads(let run, let origin):
      if try answer.next() != 0 {
        let address = PhysicalAddress(try answer.next())
        differ(.host, "the host does not read \(origin.byte) at \(address): \(run) is \(origin)")
      }
    case .tables:
      let wrong = try answer.next()
      if wrong != 0 { differ(.tables, "\(wrong) pages are reached, or not, against the table") }
    case .pin(let address):
      if try answer.next() != 1 { differ(.host, "the host cannot pin \(address)") }
    case .sharedPages:
      let bytes = try answer.next() * pageBytes
      if bytes != machine.monitor.shared.size {
        differ(.tables, "\(bytes) bytes are shared, not \(machine.monitor.shared.size)")
      }
    case .memory(let range, let origin):
      guard try answer.next() == 1 else {
        let bytes = try answer.next()
        if bytes < comparable(range) {
          differ(.memory, "of \(range) only \(bytes) bytes are compared")
        }
        bytesCompared += bytes
        return
      }
      let address = PhysicalAddress(try answer.next())
      let byte = try answer.next()
      differ(.memory, "\(address) holds \(byte), not \(origin.byte): \(range) is \(origin)")
    }
  }

  /// How much of a range the target has at least: of a driver's buffer only a window is there,
  /// which is larger than any pool.
  private func comparable(_ range: AddressRange) -> UInt64 {
    machine.configuration.driverMemory.contains(range) ? min(range.size, 1 << 20) : range.size
  }

  /// Has the target compare what these ranges hold, before anything else happens to them: the guest
  /// all of it, and a real host what it reaches.
  private func compare(_ ranges: [AddressRange]) {
    for range in ranges where !isHostile || !machine.configuration.driverMemory.overlaps(range) {
      machine.memory.forEachRun(in: range) { run, origin in
        let reached = machine.monitor.shared.ranges.compactMap { $0.intersection(run) }
        if isReal, !isHostile {
          for part in reached { expect(.hostReads(part, origin), part, origin) }
        }
        if !isHostile || reached.isEmpty { expect(.memory(run, origin), run, origin) }
      }
    }
  }

  private func expect(_ wanted: Awaited, _ run: AddressRange, _ origin: ByteOrigin) {
    let request = if case .memory = wanted { Request.expect } else { Request.hostExpect }
    message += [request, run.start.rawValue, run.size, UInt64(origin.byte)]
    awaited.append(wanted)
  }

  // MARK: Switching on

  /// Whether a system could be made.
  private func restart() -> Bool {
    if let difference, difference.kind != .lost { forget() }
    isOn = false
    let configuration = machine.configuration
    let backend = machine.backend
    let map = machine.memoryMap.memory
    var words = [UInt64](repeating: 0, count: Switching.count)
    words[Switching.manners] = backend.behaviour.manners
    words[Switching.granule] = configuration.granule
    words[Switching.arenaStart] = configuration.arenaStart
    words[Switching.arenaSize] = configuration.arenaSize
    words[Switching.staticStart] = configuration.staticRange.start.rawValue
    words[Switching.staticSize] = configuration.staticRange.size
    words[Switching.sharesBeforeBoot] = backend.sharing == .beforeBoot ? 1 : 0
    words[Switching.isAndroid13] = backend.generation == .android13 ? 1 : 0
    words[Switching.minimumBlock] = configuration.minimumBlock
    words[Switching.poolOrders] = configuration.poolOrders
    words[Switching.heapOrders] = configuration.heapOrders
    words[Switching.virtualOffset] = configuration.virtualOffset
    let storage = Storage.core(configuration, machine.backend.sharing)
    words[Switching.poolMetadata] = storage.poolMetadata
    words[Switching.heapMetadata] = configuration.heapMetadataBytes
    words[Switching.regionRecords] = storage.records
    words[Switching.deviceRecords] = configuration.mmioRecordBytes
    words[Switching.mapStart] = map.start.rawValue
    words[Switching.mapSize] = map.size
    words[Switching.driverStart] = configuration.driverMemory.start.rawValue
    words[Switching.driverPart] = configuration.driverMemory.size / UInt64(Slot.count)
    words[Switching.firstByte] = UInt64(ByteOrigin.secret.byte)
    message.removeAll(keepingCapacity: true)
    awaited.removeAll(keepingCapacity: true)
    message.append(Request.restart)
    message += words
    touched.removeAll(keepingCapacity: true)
    pinned.removeAll()
    standingFault = nil
    guard var answer = ask() else { return false }
    do {
      try replay(&answer)
      guard try answer.next() == 1 else { return false }
      try readObservation(&answer)
      if !answer.isAtEnd { throw TargetFailure.garbled }
    } catch {
      differ(.lost, "\(error)")
      return false
    }
    isOn = true
    if backend.sharing == .beforeBoot {
      machine.memory.forEachRun(in: configuration.staticRange) { write($0, $1) }
    }
    return true
  }

  // MARK: Calling

  /// Makes one call of a guest on the target.
  fileprivate func perform(_ call: GuestCall) -> Outcome {
    calls += 1
    catchUp()
    let isEnd = call == .drop
    message.append(Request.call)
    if let fault = machine.monitor.armedFaults.first {
      message.append(UInt64(fault.position))
      message += fault.mode.words
    } else {
      message += [0, FaultKind.none, 0]
    }
    message.append(UInt64(machine.heapFaults.allocations.next ?? 0))
    message += call.words
    guard var answer = ask() else { return .skipped }
    do {
      try replay(&answer)
      let allocations = Int(try answer.next())
      let isRefused = try answer.next() == 1
      machine.heapFaults.allocations.note(calls: allocations, refused: isRefused)
      let outcome = try answer.outcome()
      try readObservation(&answer)
      if !answer.isAtEnd { throw TargetFailure.garbled }
      compare(touched)
      touched.removeAll(keepingCapacity: true)
      if isEnd { end() }
      return outcome
    } catch {
      differ(.lost, "\(error)")
      return .skipped
    }
  }

  /// What the lockstep has done to the simulated machine besides writing.
  private func catchUp() {
    let monitor = machine.monitor
    if monitor.pinned != pinned {
      pinned = monitor.pinned
      message.append(Request.unpinAll)
      let granule = monitor.configuration.granule.bytes
      for range in pinned.ranges {
        for offset in stride(from: 0, to: range.size, by: Int(granule)) {
          let address = PhysicalAddress(range.start.rawValue + offset)
          message += [Request.pin, address.rawValue]
          awaited.append(.pin(address))
        }
      }
    }
    if monitor.standingFault != standingFault {
      standingFault = monitor.standingFault
      message.append(Request.standingFault)
      message += standingFault?.words ?? [FaultKind.none, 0]
    }
  }

  /// The last comparison, of everything.
  private func end() {
    isOn = false
    let ranges = [machine.configuration.arena, machine.configuration.staticRange]
    compare(ranges)
    for range in ranges {
      message += [Request.audit, range.start.rawValue, range.size]
      awaited.append(.tables)
    }
    message.append(Request.sharedPages)
    awaited.append(.sharedPages)
    if let answer = ask(), !answer.isAtEnd { differ(.lost, "\(TargetFailure.garbled)") }
  }

  private func readObservation(_ answer: inout AnswerReader) throws(TargetFailure) {
    let showsPool = try answer.next() == 1
    let pool = try answer.blocks()
    observation.poolFree = showsPool ? pool : nil
    observation.heapFree = try answer.blocks()
    observation.steps = nil
  }

  fileprivate func observe(into other: inout Observation) { other = observation }

  // MARK: What the target tells

  /// Lets each event happen to the simulated machine, and so to the checks.
  private func replay(_ answer: inout AnswerReader) throws(TargetFailure) {
    while true {
      switch try answer.next() {
      case EventCode.end: return
      case EventCode.hypercall: try replayHypercall(&answer)
      case EventCode.zeroed:
        let range = try answer.range()
        touched.append(range)
        machine.memory.zero(range)
      case EventCode.copied:
        let source = PhysicalAddress(try answer.next())
        let to = try answer.range()
        touched.append(to)
        machine.memory.copy(from: source, to: to.start, size: to.size)
      case EventCode.heapAllocated:
        let (range, alignment) = (try answer.range(), try answer.next())
        machine.events.send(.heapAllocated(range, alignment: alignment))
      case EventCode.heapFreed:
        let (range, alignment) = (try answer.range(), try answer.next())
        machine.events.send(.heapFreed(range, alignment: alignment))
      case EventCode.heapRefused:
        let (size, alignment) = (try answer.next(), try answer.next())
        let layout = Layout(uncheckedSize: size, alignment: alignment)
        let isOnPurpose = try answer.next() == 1
        machine.events.send(.heapRefused(layout, onPurpose: isOnPurpose))
      case EventCode.heapRefusedFree:
        let range = try answer.range()
        machine.events.send(.heapRefusedFree(range))
      case EventCode.abandoned: machine.monitor.abandon(try answer.range())
      case EventCode.strayed:
        let range = try answer.range()
        differ(.stray, "the core wants to touch \(range), where no memory is")
      default: throw .garbled
      }
    }
  }

  /// Asks the simulated hypervisor the same, compares, and tells the checks what the real one did.
  private func replayHypercall(_ answer: inout AnswerReader) throws(TargetFailure) {
    hypercalls += 1
    let asked = try answer.registers()
    let x0 = try answer.next()
    let flags = try answer.next()
    let range = try answer.range()
    let (_, simulated) = simulate(asked)
    let real = HypercallEvent(
      asked: asked, answer: x0, effect: HypercallEffect(flags & Effect.kinds, range),
      fault: flags & Effect.faulted == 0 ? nil : simulated.fault ?? .fails)
    if real != simulated { differ(.hypercall, real.against(simulated)) }
    compareZeros(real.effect, flags)
    machine.events.send(.hypercall(real))
  }

  /// Whether memory that becomes shared held nothing but zeros is the monitor's to say.
  private func compareZeros(_ effect: HypercallEffect, _ flags: UInt64) {
    guard case .becameShared(let range) = effect, !isHostile else { return }
    let isZero = machine.memory.firstRun(in: range) { $0 != .zero } == nil
    if isZero != (flags & Effect.heldZeros != 0) {
      differ(
        .memory, "\(range) holds \(isZero ? "more than zeros" : "zeros") when it becomes shared")
    }
  }

  /// Asks the simulated hypervisor, in sight of nobody.
  private func simulate(
    _ asked: HypercallRegisters
  ) -> (answer: HypercallRegisters, event: HypercallEvent) {
    var seen: HypercallEvent?
    let answer = machine.events.observed {
      if case .hypercall(let call) = $0 { seen = call }
    } during: {
      machine.monitor.call(asked)
    }
    guard let seen else { preconditionFailure("a simulated hypervisor tells of every call") }
    return (answer, seen)
  }

  // MARK: Calls that no core makes

  /// Switches both machines off and on, to make calls without a core.
  func begin(_ configuration: Configuration, on backend: Backend) {
    machine.reset(configuration, backend)
    _ = restart()
  }

  /// Asks both hypervisors the same, with what is to go wrong in it.
  func call(_ asked: HypercallRegisters, fault: FaultMode?) {
    hypercalls += 1
    machine.monitor.beginCommand(fault: fault.map { Fault(position: 1, mode: $0) })
    catchUp()
    message.append(Request.hypercall)
    message += fault?.words ?? [FaultKind.none, 0]
    message += [asked.x0, asked.x1, asked.x2, asked.x3]
    guard var answer = ask() else { return }
    do {
      let registers = try answer.registers()
      let flags = try answer.next()
      let range = try answer.range()
      let simulated = simulate(asked)
      let real = HypercallEvent(
        asked: asked, answer: registers.x0, effect: HypercallEffect(flags & Effect.kinds, range),
        fault: flags & Effect.faulted == 0 ? nil : simulated.event.fault ?? .fails)
      // What the registers hold behind a call that only an exception has ended says nothing.
      if (real.effect, simulated.event.effect) == (.neverAnswers, .neverAnswers) {
        unanswered += 1
        if !answer.isAtEnd { throw TargetFailure.garbled }
        return
      }
      if real != simulated.event || registers != simulated.answer {
        differ(.hypercall, real.against(simulated.event))
      }
      compareZeros(real.effect, flags)
      if !answer.isAtEnd { throw TargetFailure.garbled }
    } catch {
      differ(.lost, "\(error)")
    }
  }
}

extension HypercallEvent {
  /// What the target's hypervisor did, beside what the simulated one does.
  fileprivate func against(_ simulated: HypercallEvent) -> String {
    let name = HypercallFunction(rawValue: function).map { "\($0)" } ?? hex(UInt64(function))
    return "\(name)(\(hex(x1)), \(x2), \(x3)) answers \(text);"
      + " the simulated hypervisor \(simulated.text)"
  }

  private var text: String {
    let number = Int64(bitPattern: answer)
    switch effect {
    case .none: return "\(number)"
    case .becameShared(let range): return "\(number), and \(range) is shared"
    case .becamePrivate(let range): return "\(number), and \(range) is private"
    case .mmioMapped(let page): return "\(number), and MMIO \(page) is mapped"
    case .mmioUnmapped(let page): return "\(number), and MMIO \(page) is unmapped"
    case .neverAnswers: return "nothing, ever"
    }
  }
}

extension HypercallEffect {
  fileprivate init(_ kind: UInt64, _ range: AddressRange) {
    switch kind {
    case Effect.becameShared: self = .becameShared(range)
    case Effect.becamePrivate: self = .becamePrivate(range)
    case Effect.mmioMapped: self = .mmioMapped(range.start)
    case Effect.mmioUnmapped: self = .mmioUnmapped(range.start)
    case Effect.neverAnswers: self = .neverAnswers
    default: self = .none
    }
  }
}

/// The core on the target, as a lockstep sees it.
final class TargetSystem: SharingSystem {
  private let target: Target

  init(_ target: Target) { self.target = target }

  func perform(_ call: GuestCall) -> Outcome { target.perform(call) }

  func observe(into observation: inout Observation) { target.observe(into: &observation) }
}
