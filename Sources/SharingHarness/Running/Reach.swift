import MemorySharing
import SharingModel
import SimulatedHypervisors

/// Notes which labels a run reaches.
///
/// A label that was reached is not asked again in the same run, and the others only at their
/// moment. Nothing is allocated while a run goes on, and the run leaves one set of bits.
final class Reach {
  let sight: Sight
  private let labels: UnsafeMutableBufferPointer<BorrowedLabel>
  /// The labels of each moment and key, and where each can be reached.
  private let places: [[Int]]
  private let backings: [Scope]
  /// By `Scope.rawValue`, for those that runs were on: the labels that can be reached there, by
  /// moment and key, and how many each moment and key has.
  private var tables = [(labels: [UInt16], counts: [UInt16])?](
    repeating: nil, count: Scope.combinations)
  /// Where the labels of each moment and key begin.
  private let starts: UnsafeMutableBufferPointer<UInt16>
  /// Those of them that are still to be reached in this run, and how many.
  private let pending: UnsafeMutableBufferPointer<UInt16>
  private let left: UnsafeMutableBufferPointer<UInt16>

  private var reached = LabelSet()
  private var hasBuffer = false
  private var hasShared = false
  private var sizes = SeenSizes()
  private var seenFired: UInt64 = 0

  init(_ labels: [Label], _ model: Model, _ machine: Machine) {
    precondition(labels.count <= LabelSet.capacity, "a set of labels has room for so many")
    sight = Sight(model, machine)
    self.labels = .allocate(capacity: labels.count)
    for (place, label) in labels.enumerated() {
      self.labels.initializeElement(at: place, to: BorrowedLabel(label))
    }
    let slots = Label.Moment.allCases.count * Self.keys
    var places = [[Int]](repeating: [], count: slots)
    for (place, label) in labels.enumerated() {
      places[Self.slot(label.moment, label.key)].append(place)
    }
    var firsts = [0]
    for place in places { firsts.append(firsts.last! + place.count) }
    starts = .allocate(capacity: slots)
    _ = starts.initialize(from: firsts.dropLast().map { UInt16($0) })
    self.places = places
    backings = labels.map(\.backings)
    pending = .allocate(capacity: labels.count)
    pending.initialize(repeating: 0)
    left = .allocate(capacity: slots)
    left.initialize(repeating: 0)
  }

  private func table(of scope: Scope) -> (labels: [UInt16], counts: [UInt16]) {
    if let known = tables[scope.rawValue] { return known }
    var table = [UInt16](repeating: 0, count: labels.count)
    var counts: [UInt16] = []
    for (first, row) in zip(starts, places) {
      let reachable = row.filter { !backings[$0].isDisjoint(with: scope) }
      for (offset, place) in reachable.enumerated() { table[Int(first) + offset] = UInt16(place) }
      counts.append(UInt16(reachable.count))
    }
    tables[scope.rawValue] = (table, counts)
    return (table, counts)
  }

  deinit {
    labels.deinitialize().deallocate()
    starts.deallocate()
    pending.deallocate()
    left.deallocate()
  }

  /// The keys that a moment can have: the errors have most.
  private static var keys: Int { 32 }
  @inline(__always)
  private static func slot(_ moment: Label.Moment, _ key: Int) -> Int {
    moment.rawValue * keys + key
  }

  private var model: Model { sight.model }

  /// Starts over, after the model did.
  func begin(length: Int) {
    let scope = Scope(runOn: model.backend)
    let table = table(of: scope)
    _ = pending.update(fromContentsOf: table.labels)
    _ = left.update(fromContentsOf: table.counts)
    reached = LabelSet()
    hasBuffer = false
    hasShared = false
    sizes = SeenSizes()
    seenFired = 0
    sight.begin(length: length)
  }

  /// Notes what must be known before a command.
  func willPlay(_ step: Step?, _ action: ResolvedStep) {
    sight.hasFaults = step?.faults.isEmpty == false
    sight.stateBefore = model.state
    sight.lostBefore = model.quarantined.isEmpty ? 0 : model.quarantined.size
    sight.fired = FiredFaults()
    switch action {
    case .call(.unshareAll), .call(.drop):
      sight.hadReport = model.isReported
      sight.liveBefore = model.live.count { !$0.isHeap }
      sight.unnamedBefore = model.live.count { !$0.isHeap && !model.slots.contains($0) }
      sight.regionsBefore = model.regions.count
    default: break
    }
  }

  /// Notes a hypercall that went wrong on purpose.
  func note(_ mode: FaultMode, of function: UInt32) {
    let monitor = sight.monitor
    let position = monitor.callsInCommand
    let fault = monitor.armedFaults.first { $0.position == position }
    sight.fired.note(mode, of: function, at: position, by: fault)
  }

  /// Asks the labels of a command that has run.
  func didPlay(isNoOp: Bool) {
    if case .call(let call) = model.action { didPlay(call) } else if !isNoOp { ask(.host) }
    let fired = sight.fired.bits
    if fired & ~seenFired != 0 {
      seenFired |= fired
      ask(.fired)
    }
    let isFaulty = sight.isFaulty
    if isFaulty { ask(.faulty) }
    if isFaulty || fired != 0 || model.record.firstFailure != nil { ask(.disturbed) }
  }

  private func didPlay(_ call: GuestCall) {
    switch model.outcome {
    case .skipped: return
    case .failed(let error): wasRefused(call, error)
    case .refused, .halted: return
    case .address: didMake()
    case .done, .unshared, .unmapped: wasServed(call)
    }
  }

  private func didMake() {
    guard let made = model.record.made else { return }
    sight.made = made
    let isHeap = made.isHeap
    if !hasBuffer {
      hasBuffer = true
      ask(.firstBuffer)
    }
    if isHeap {
      sight.regions = model.regions.count
      if sizes.isNew(made) { ask(.heapSize) }
      return ask(.heap)
    }
    if !hasShared {
      hasShared = true
      ask(.firstShared)
    }
    if sizes.isNewMagnitude(made.size) { ask(.magnitude) }
    if sizes.isNew(made) { askSize(made) }
    let regions = model.regions.count
    if let region = model.record.regionsTaken.first,
      sizes.isNew(region: region.size, regions) || sight.hadQuarantine
    {
      sight.region = region.size
      sight.regions = regions
      ask(.refill)
    }
    if regions > 1, made.block > sight.block { ask(.regions) }
  }

  private func askSize(_ made: Holding) {
    ask(.size)
    if made.alignment > 1 { ask(.aligned) }
    switch made.kind {
    case .dma: ask(.dma)
    case .bounce: ask(.bounce)
    case .shared, .heap: break
    }
  }

  private func wasServed(_ call: GuestCall) {
    switch call {
    case .deallocateShared, .dmaDealloc, .unshare, .heapDeallocate:
      if let way = sight.freeing { ask(.freed, way.rawValue) }
      if !model.record.merges.isEmpty { ask(.merged) }
    case .initialise: ask(.initialised)
    case .mapMMIO: ask(.mapped)
    case .unmapAllMMIO:
      ask(.unmapped)
      if sight.unmapped > 0 { sight.hadUnmapped = true }
    case .heapAdd: ask(.added)
    case .unshareAll, .drop: ask(.teardown)
    default: break
    }
  }

  private func wasRefused(_ call: GuestCall, _ error: ShareError) {
    let number = error.number
    sight.errorNumber = number
    ask(.error, number)
    switch call {
    case .allocateShared(_, let alignment), .heapAllocate(_, let alignment, _):
      if alignment > sight.arena { ask(.oddlyAligned) }
    case .deallocateShared, .dmaDealloc, .unshare, .heapDeallocate:
      if let way = sight.freeing { ask(.notFreed, way.rawValue) }
    case .initialise:
      ask(.notInitialised)
      if sight.isFirstInit { sight.hadRefusedInit = true }
    case .mapMMIO: ask(.notMapped)
    case .heapAdd: ask(.notAdded)
    default: break
    }
    if model.record.layoutRefused != nil { ask(.notRefilled) }
    if number == 3 || number == 4 { ask(.tooLarge) }
  }

  /// The labels that the run has reached; a run ends once.
  func end() -> LabelSet {
    if case .failed(let error) = model.outcome { sight.errorNumber = error.number }
    ask(.end)
    return reached
  }

  @inline(__always)
  private func ask(_ moment: Label.Moment, _ key: Int = 0) {
    let slot = Self.slot(moment, key)
    if left[slot] > 0 { askLeft(slot) }
  }

  private func askLeft(_ slot: Int) {
    let first = Int(starts[slot])
    var index = Int(left[slot]) - 1
    while index >= 0 {
      let place = Int(pending[first + index])
      if labels[place].holds(sight) {
        reached.insert(place)
        // The last one takes its place.
        left[slot] -= 1
        pending[first + index] = pending[first + Int(left[slot])]
      }
      index -= 1
    }
  }
}

/// The predicate of a label, which is borrowed to be asked: to copy a closure counts references.
private struct BorrowedLabel: ~Copyable {
  private let predicate: @Sendable (Sight) -> Bool

  init(_ label: Label) { predicate = label.holds }

  func holds(_ sight: Sight) -> Bool { predicate(sight) }
}

/// The buffers that a run has had: of one like it, labels about its size need not be asked again.
private struct SeenSizes {
  private var magnitudes: UInt64 = 0
  /// Kinds with sizes and alignments, by their hash; what has lost its place is new again.
  private var made: InlineArray<32, (UInt64, UInt64)> = InlineArray(repeating: (0, 0))
  private var region: UInt64 = 0
  private var regions = 0

  mutating func isNewMagnitude(_ size: UInt64) -> Bool {
    // An honest system makes none of 0 bytes, or from 2^63 on; another may say so.
    let bit: UInt64 = 1 << UInt64(min(64 - (max(size, 1) - 1).leadingZeroBitCount, 63))
    defer { magnitudes |= bit }
    return magnitudes & bit == 0
  }

  mutating func isNew(_ held: Holding) -> Bool {
    let kind: UInt64 =
      switch held.kind {
      case .shared: 0
      case .dma: 1
      case .bounce(_, .driverToDevice): 2
      case .bounce(_, .deviceToDriver): 3
      case .bounce(_, .both): 4
      case .heap: 5
      }
    // An alignment is a power of two.
    let key = UInt64(held.alignment.trailingZeroBitCount) << 3 | kind
    let hash = (held.size ^ (key << 20)) &* 0x9e37_79b9_7f4a_7c15
    let place = Int(hash >> 59)
    if made[place].0 == held.size, made[place].1 == key { return false }
    made[place] = (held.size, key)
    return true
  }

  mutating func isNew(region size: UInt64, _ count: Int) -> Bool {
    if size == region, count <= regions { return false }
    region = size
    regions = max(regions, count)
    return true
  }
}
