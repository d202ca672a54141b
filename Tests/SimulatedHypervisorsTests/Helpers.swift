import MemorySharing
import SimulatedHypervisors

func range(_ start: UInt64, _ size: UInt64) -> AddressRange {
  AddressRange(uncheckedStart: start, size: size)
}

func granule(_ bytes: UInt64) -> Granule {
  guard let granule = try? Granule(bytes: bytes) else { preconditionFailure("\(bytes)") }
  return granule
}

/// -1, -2, -3 and so on as x0 carries them.
func x0(_ answer: Int64) -> UInt64 { UInt64(bitPattern: answer) }

/// A small deterministic source of numbers: xorshift64.
struct Numbers {
  var state: UInt64

  mutating func next(below bound: UInt64) -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return (state >> 11) % bound
  }
}

/// A monitor over 1 MiB of RAM at 0x10000, its events on record, with short forms of its calls.
final class Bench {
  let monitor: SimulatedMonitor
  let memory: TaggedMemory
  let host: HostAdversary
  var log: [PortEvent] = []

  init(_ behaviour: MonitorBehaviour, granule bytes: UInt64 = 4096) {
    let events = PortEventStream()
    monitor = SimulatedMonitor(
      MonitorConfiguration(
        behaviour: behaviour, granule: granule(bytes), ram: [range(0x1_0000, 0x10_0000)]),
      events: events)
    memory = TaggedMemory(events: events)
    host = HostAdversary(monitor: monitor, memory: memory)
    events.observer = { [unowned self] in log.append($0) }
  }

  convenience init(_ backend: Backend, granule: UInt64 = 4096) {
    self.init(backend.behaviour, granule: granule)
  }

  /// Makes a call and answers x0 as the signed number that it is.
  @discardableResult
  func call(
    _ function: HypercallFunction, _ x1: UInt64 = 0, _ x2: UInt64 = 0, _ x3: UInt64 = 0
  ) -> Int64 {
    Int64(bitPattern: registers(function, x1, x2, x3).x0)
  }

  func registers(
    _ function: HypercallFunction, _ x1: UInt64 = 0, _ x2: UInt64 = 0, _ x3: UInt64 = 0
  ) -> HypercallRegisters {
    monitor.call(HypercallRegisters(UInt64(function.rawValue), x1, x2, x3))
  }

  /// What the last hypercall did.
  var lastEffect: HypercallEffect? {
    for event in log.reversed() {
      if case .hypercall(let call) = event { return call.effect }
    }
    return nil
  }
}
