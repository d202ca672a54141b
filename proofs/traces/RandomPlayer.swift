import MemorySharing
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Plays random programs on a system with a dynamic pool, hypercall faults and a pinning host, and
/// traces what happens.
final class RandomPlayer {
  let rig: Rig
  let trace: Trace
  private let machine = Machine()
  private var system: (any SharingSystem)?
  private var numbers = RandomNumbers(seed: 0)
  private var buffers: [Block] = []
  private var heapBlocks: [Block] = []
  /// Where blocks were, for frees of what is free already.
  private var freed: [Block] = []
  /// Where the regions begin that the sharer has.
  private var regions: Set<UInt64> = []

  /// A block with the layout that it was asked for with.
  private struct Block {
    var address: UInt64
    var size: UInt64
    var alignment: UInt64
  }

  init(rig: Rig, trace: Trace) {
    self.rig = rig.traced(by: trace)
    self.trace = trace
  }

  /// Plays the program of a seed, from initialisation to drop.
  func play(seed: UInt64) {
    numbers = RandomNumbers(seed: seed)
    guard start() else { return }
    machine.events.observer = { [unowned self] event in note(event) }
    for _ in 0..<(20 + numbers.next(below: 60)) { step() }
    if numbers.chance(1, outOf: 2) {
      unshareAll()
      for _ in 0..<3 { step() }
    }
    perform(.drop)
    trace.keep()
    machine.events.observer = nil
  }

  private func note(_ event: PortEvent) {
    switch event {
    case .heapAllocated(let region, _): regions.insert(region.start.rawValue)
    case .heapFreed(let region, _): regions.remove(region.start.rawValue)
    default: break
    }
  }

  private func start() -> Bool {
    system = nil
    buffers = []
    heapBlocks = []
    freed = []
    regions = []
    let backends = [Backend.pkvm, .pkvmNewer, .genieZone]
    machine.reset(configuration(), backends[Int(numbers.next(below: 3))])
    machine.monitor.beginCommand()
    system = try? rig.make(machine)
    return system?.perform(.initialise(.dynamic, staticRange: nil)) == .done
  }

  private func pick<Value>(_ values: [Value]) -> Value {
    values[Int(numbers.next(below: UInt64(values.count)))]
  }

  private func configuration() -> Configuration {
    var result = Configuration()
    result.granule = pick([4096, 4096, 4096, 16384, 65536, 64, 64, 16])
    result.minimumBlock = pick([16, 16, 8, 64, result.granule == 16 ? 128 : 4096])
    result.poolOrders = pick([16, 16, 2, 3, 4, 5, 6, 7, 10, 13, 32])
    result.heapOrders = pick([16, 16, 16, 12, 13, 32, 8])
    let step = max(result.granule, result.minimumBlock)
    result.arenaSize = step * (1 + numbers.next(below: numbers.chance(1, outOf: 4) ? 8 : 40))
    result.arenaStart = pick([
      0x8000_0000, 0x8000_0000, 0x4000_0000 - 2 * step, 3 * step + 8, 1 << 40,
    ])
    // A page at 0 is the heap's own business.
    if result.arenaStart < 4096 { result.arenaStart += 4096 }
    return result.normalised
  }
}

// MARK: Steps

extension RandomPlayer {
  private func step() {
    machine.monitor.beginCommand()
    switch numbers.next(below: 100) {
    case 0..<45: allocate()
    case 45..<72: free(rightly: true)
    case 72..<80: free(rightly: false)
    case 80..<87: heapAllocate()
    case 87..<92: heapFree(rightly: true)
    case 92..<94: heapFree(rightly: false)
    case 94: numbers.chance(1, outOf: 3) ? unshareAll() : allocate()
    case 95..<98: hostActs()
    default: machine.monitor.standingFault = numbers.chance(1, outOf: 4) ? fault() : nil
    }
  }

  private func size() -> UInt64 {
    let most = 64 - UInt64(machine.configuration.arenaSize.leadingZeroBitCount)
    return 1 + numbers.next(below: 1 << (1 + numbers.next(below: most)))
  }

  private func alignment() -> UInt64 {
    numbers.chance(3, outOf: 4) ? 1 : 1 << numbers.next(below: 18)
  }

  private func fault() -> FaultMode {
    switch numbers.next(below: 5) {
    case 0, 1: .failsButTakesEffect
    case 2: .answersGarbage(1 + numbers.next(below: 1 << 20))
    default: .fails(answer: pick([-3, -1, -2, .min]))
    }
  }

  /// Lets one of the next call's hypercalls go wrong, now and then.
  private func armFault() {
    guard numbers.chance(1, outOf: 4) else { return }
    let position = 1 + Int(numbers.next(below: numbers.chance(1, outOf: 2) ? 3 : 24))
    machine.monitor.beginCommand(fault: Fault(position: position, mode: fault()))
  }

  private func hostActs() {
    if numbers.chance(1, outOf: 3) { machine.monitor.unpinAll() }
    let arena = machine.configuration.arena
    let address = arena.start.rawValue + numbers.next(below: arena.size)
    machine.monitor.pin(PhysicalAddress(address))
  }

  private func allocate() {
    armFault()
    let (size, alignment) = (size(), alignment())
    let outcome = perform(.allocateShared(size: size, alignment: alignment))
    if case .address(let address, _) = outcome {
      buffers.append(Block(address: address.rawValue, size: size, alignment: alignment))
    }
  }

  private func heapAllocate() {
    let (size, alignment) = (size(), alignment())
    let outcome = perform(.heapAllocate(size: size, alignment: alignment, zeroed: false))
    if case .address(let address, _) = outcome {
      heapBlocks.append(Block(address: address.rawValue, size: size, alignment: alignment))
    }
  }

  private func free(rightly: Bool) {
    guard let block = rightly ? take(&buffers) : spoilt(buffers) else { return }
    perform(
      .deallocateShared(
        PhysicalAddress(block.address), size: block.size, alignment: block.alignment))
  }

  /// No heap can tell a free of the sharer's region from the sharer's own, so there is none.
  private func heapFree(rightly: Bool) {
    guard let block = rightly ? take(&heapBlocks) : spoilt(heapBlocks),
      !regions.contains(block.address)
    else { return }
    let outcome = perform(
      .heapDeallocate(
        PhysicalAddress(block.address), size: block.size, alignment: block.alignment))
    if outcome == .done { heapBlocks.removeAll { $0.address == block.address } }
  }

  private func take(_ blocks: inout [Block]) -> Block? {
    guard !blocks.isEmpty else { return nil }
    let block = blocks.remove(at: Int(numbers.next(below: UInt64(blocks.count))))
    freed.append(block)
    return block
  }

  /// A block to free wrongly: freed already, with another layout, or beside where one begins.
  private func spoilt(_ blocks: [Block]) -> Block? {
    let candidates = numbers.chance(1, outOf: 2) ? freed : blocks
    guard !candidates.isEmpty else { return nil }
    var block = pick(candidates)
    switch numbers.next(below: 6) {
    case 0: block.size = max(1, block.size / 2)
    case 1: block.size *= 2
    case 2: block.alignment = 1 << numbers.next(below: 20)
    case 3: block.address &+= machine.configuration.minimumBlock
    case 4: block.address &+= 1 + numbers.next(below: 64)
    default: break
    }
    return block
  }

  private func unshareAll() {
    armFault()
    perform(.unshareAll)
  }

  @discardableResult
  private func perform(_ call: GuestCall) -> Outcome { system?.perform(call) ?? .skipped }
}
