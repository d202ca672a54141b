import MemorySharing
import SharingModel
import SimulatedHypervisors

/// Everything that what comes next can depend on, as a number of 128 bits.
///
/// Two programs that end in states of one key behave equally from there on. So it holds what the
/// core shows and what model and machine know: free blocks, regions in their order, what lives and
/// what each slot held, who can reach what, what is pinned, where a byte comes from. Left out is
/// which write a byte comes from, for no call depends on that, and which of its slots a thing is
/// in, for slots differ by name only.
public struct StateKey: Hashable, Sendable {
  private var low = RunHash()
  private var high = RunHash()

  init(_ model: Model, _ monitor: SimulatedMonitor) {
    high.add(0x5bd1_e995)
    add(model.state == .open ? 1 : model.state == .closed ? 2 : 3)
    add(model.isReported ? 1 : 0)
    add(model.regions)
    add(model.refused)
    for ranges in [
      model.reach, model.uncertain, model.quarantined, model.abandoned, model.mmio,
      model.mmioUncertain, model.mmioStuck, monitor.shared, monitor.pinned, monitor.mmio,
    ] {
      add(ranges.ranges)
    }
    add(model.mapped)
    add(monitor.isEnrolled ? 1 : 0)
    add(monitor.standingFault)
    add(model.observation.poolFree)
    add(model.observation.heapFree)
    add(model.live.map(Self.words).sorted { $0.lexicographicallyPrecedes($1) })
    let slots = model.slots.map { held in
      held.map { Self.words($0) + [model.live.contains($0) ? 1 : 0] } ?? []
    }
    add(slots.sorted { $0.lexicographicallyPrecedes($1) })
    let configuration = model.configuration
    for range in [configuration.arena, configuration.staticRange] {
      model.memory.forEachRun(in: range) { run, origin in
        add(run.start.rawValue)
        add(Self.number(of: origin))
      }
    }
  }

  private mutating func add(_ number: UInt64) {
    low.add(number)
    high.add(number)
  }

  private mutating func add(_ ranges: [AddressRange]) {
    add(UInt64(ranges.count))
    for range in ranges {
      add(range.start.rawValue)
      add(range.size)
    }
  }

  private mutating func add(_ blocks: [Observation.Block]?) {
    add(UInt64(blocks?.count ?? -1 &+ 1 << 32))
    for block in blocks ?? [] {
      add(block.order)
      add(block.address)
    }
  }

  private mutating func add(_ rows: [[UInt64]]) {
    add(UInt64(rows.count))
    for row in rows {
      add(UInt64(row.count))
      for word in row { add(word) }
    }
  }

  private mutating func add(_ mode: FaultMode?) {
    switch mode {
    case nil: add(0)
    case .fails(let answer): add(1 ^ UInt64(bitPattern: answer) << 8)
    case .failsButTakesEffect: add(2)
    case .answersGarbage(let answer): add(3 ^ answer << 8)
    }
  }

  private static func words(_ held: Holding) -> [UInt64] {
    let kind: [UInt64] =
      switch held.kind {
      case .shared: [1]
      case .dma(let pages): [2, pages]
      case .bounce(let buffer, let direction):
        [3, buffer.address.rawValue, direction == .both ? 2 : direction == .driverToDevice ? 1 : 0]
      case .heap: [4]
      }
    return [held.address.rawValue, held.size, held.alignment, held.block] + kind
  }

  private static func number(of origin: ByteOrigin) -> UInt64 {
    switch origin {
    case .zero: 0
    case .secret: 1
    case .payload: 2
    case .host: 3
    }
  }
}
