import MemorySharing
import SimulatedHypervisors

// From a step to what is really asked: slots become addresses.

extension Model {
  public func resolve(_ step: Step) -> ResolvedStep {
    let action = action(of: step)
    if case .call(let call) = action, !mayAsk(call) { return .nothing }
    return action
  }

  private func action(of step: Step) -> ResolvedStep {
    switch step.command {
    case .allocate(_, let size, let alignment):
      return .call(.allocateShared(size: size, alignment: alignment))
    case .free(let slot, let way):
      guard let held = slots[slot.index] else { return .nothing }
      let call = free(held, way, slot)
      return hitsRegion(call) ? .nothing : .call(call)
    case .dmaAlloc(_, let pages, let direction):
      return .call(.dmaAlloc(pages: pages, direction))
    case .share(let slot, let size, let direction, let isAtTop):
      // At the very top 15 bytes have room.
      let place = isAtTop ? PhysicalAddress(.max - 15) : configuration.driverBuffer(of: slot)
      return .call(.share(GuestBuffer(address: virtual(place), size: size), direction))
    case .heapAllocate(_, let size, let alignment, let zeroed):
      return .call(.heapAllocate(size: size, alignment: alignment, zeroed: zeroed))
    case .write(let slot):
      guard let held = slots[slot.index], live.contains(held) else { return .nothing }
      return .guestWrites(held.bytes, isPrivate: held.isHeap)
    case .unshareAll: return .call(.unshareAll)
    case .initialise(let kind): return initialise(kind)
    case .mapMMIO(let page, let pages, let window):
      return .call(.mapMMIO(mmioRange(page, pages, window)))
    case .heapAdd(let range): return heapAdd(range)
    case .unmapAllMMIO: return .call(.unmapAllMMIO)
    case .scribble: return .hostScribbles
    case .pin(let slot):
      guard let held = slots[slot.index] else { return .nothing }
      return .hostPins(held.address)
    case .unpinAll: return .hostUnpinsAll
    case .standingFault(let mode): return .standingFault(mode)
    }
  }

  /// What the guest calls in the middle of a command that has not begun yet.
  public func resolve(_ deed: GuestDeed) -> GuestCall {
    switch deed {
    case .allocates: return .allocateShared(size: 16, alignment: 16)
    case .frees:
      guard let newest = live.last(where: { !$0.isHeap }) else {
        return .deallocateShared(configuration.arena.start, size: 16, alignment: 16)
      }
      return free(newest, .asAllocated, Slot(0))
    case .shares:
      let place = configuration.driverBuffer(of: Slot(Slot.count - 1))
      return .share(GuestBuffer(address: virtual(place), size: 16), .driverToDevice)
    case .unsharesAll: return .unshareAll
    }
  }

  /// Whether a stale free would hit a block that the heap has given to the sharer since. No heap
  /// can tell that from the sharer's own, and it is not a bug of the sharer.
  private func hitsRegion(_ call: GuestCall) -> Bool {
    guard case .heapDeallocate(let address, let size, let alignment) = call else { return false }
    return regions.contains {
      $0.start == address && heap.blockSize($0.size, 1) == heap.blockSize(size, alignment)
    }
  }

  private func mmioRange(_ page: UInt64, _ pages: UInt64, _ window: MMIOWindow) -> AddressRange {
    let whole = AddressRange(
      uncheckedStart: configuration.deviceMemory.start.rawValue + page * 4096, size: pages * 4096)
    switch window {
    case .whole: return whole
    case .head: return AddressRange(uncheckedStart: whole.start.rawValue, size: 512)
    case .tail: return AddressRange(uncheckedStart: whole.end.rawValue - 512, size: 512)
    case .overTheArena:
      let start = configuration.arenaStart & ~0xfff
      return AddressRange(uncheckedStart: start, size: min(4096, .max - start))
    case .overTheStaticRange:
      return AddressRange(uncheckedStart: configuration.staticRange.start.rawValue, size: 4096)
    case .atTheTop: return AddressRange(uncheckedStart: .max - 4095, size: 4095)
    }
  }

  private func heapAdd(_ range: AddedRange) -> ResolvedStep {
    let block = configuration.minimumBlock
    let end = heapEnd.rawValue
    let rest = configuration.arena.end.rawValue - end
    switch range {
    case .rest: return rest < block ? .nothing : .call(.heapAdd(start: end, size: rest))
    case .half:
      let half = rest / 2 / block * block
      return half == 0 ? .nothing : .call(.heapAdd(start: end, size: half))
    case .again: return .call(.heapAdd(start: end - block, size: block))
    case .across: return .call(.heapAdd(start: end - block, size: min(2 * block, block + rest)))
    case .beyond:
      let start = rest < block ? end - block : end
      return .call(.heapAdd(start: start, size: configuration.arena.end.rawValue - start + block))
    case .outside:
      return .call(.heapAdd(start: configuration.arena.end.rawValue, size: block))
    case .empty: return .call(.heapAdd(start: end, size: 0))
    case .overflowing: return .call(.heapAdd(start: .max - 4095, size: 8192))
    }
  }

  /// The call by which a program frees what it holds.
  private func free(_ held: Holding, _ way: Freeing, _ slot: Slot) -> GuestCall {
    var address = held.address
    var size = held.size
    var held = held
    switch way {
    case .asAllocated: break
    case .asAnotherKind:
      switch held.kind {
      case .shared: return .dmaDealloc(address, pages: max(size / 4096, 1))
      case .dma:
        let buffer = GuestBuffer(address: virtual(configuration.driverBuffer(of: slot)), size: size)
        return .unshare(address, buffer, .both)
      case .bounce: return .deallocateShared(address, size: size, alignment: 16)
      case .heap: return .deallocateShared(address, size: size, alignment: held.alignment)
      }
    case .inAnotherDirection:
      guard case .bounce(let buffer, let direction) = held.kind else { break }
      held = Holding(
        kind: .bounce(buffer, direction == .driverToDevice ? .both : .driverToDevice),
        address: address, size: size, alignment: held.alignment, block: held.block)
    case .asItsNeighbour:
      let others = live.filter { $0.isHeap == held.isHeap && $0.address != address }
      address = (others.first { $0.address > address } ?? others.first)?.address ?? address
    case .half: size /= 2
    case .double: size = size > UInt64.max / 2 ? UInt64.max : size * 2
    case .inside: address = PhysicalAddress(address.rawValue &+ configuration.minimumBlock)
    case .foreign: address = PhysicalAddress(address.rawValue ^ 1 << 61)
    }
    switch held.kind {
    case .shared:
      return .deallocateShared(address, size: size, alignment: held.alignment)
    case .heap:
      return .heapDeallocate(address, size: size, alignment: held.alignment)
    case .dma:
      return .dmaDealloc(address, pages: size / 4096)
    case .bounce(let buffer, let direction):
      return .unshare(address, GuestBuffer(address: buffer.address, size: size), direction)
    }
  }

  private func initialise(_ kind: Initialisation) -> ResolvedStep {
    let good = StaticRange(
      start: configuration.staticRange.start.rawValue, size: configuration.staticRange.size)
    var range: StaticRange? = good
    switch kind {
    case .standard, .crowdedMap, .dynamic, .fixed, .heap: break
    case .withoutRange: range = nil
    case .emptyRange: range?.size = 0
    case .overflowingRange: range = StaticRange(start: UInt64.max - 4095, size: 8192)
    case .unalignedAddress: range?.start += 0x800
    case .unalignedSize: range?.size -= 0x800
    case .overlappingRange:
      range = StaticRange(start: configuration.arenaStart & ~0xfff, size: 4096)
    case .outsideRange:
      range = StaticRange(start: configuration.deviceMemory.start.rawValue, size: 4096)
    case .rangeAtZero: range = StaticRange(start: 0, size: 4096)
    }
    // The three inits themselves are for a second try; a first one must be what the hypervisor
    // wants.
    if state == .uninitialised {
      switch kind {
      case .dynamic where backing != .dynamic, .fixed where backing != .fixed,
        .heap where backing != .heap:
        return .nothing
      default: break
      }
    }
    return .call(.initialise(kind, staticRange: range))
  }
}
