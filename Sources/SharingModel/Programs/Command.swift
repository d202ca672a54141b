import MemorySharing
import SimulatedHypervisors

/// One call of the guest, or one act of the host.
public enum Command: Equatable, Sendable {
  // The guest.
  case allocate(Slot, size: UInt64, alignment: UInt64)
  /// Frees what the slot holds, whatever made it, in one of the ways of `Freeing`.
  case free(Slot, Freeing)
  case dmaAlloc(Slot, pages: UInt64, BufferDirection)
  /// The driver's buffer lies where its slot says, or at the top of the address space.
  case share(Slot, size: UInt64, BufferDirection, isAtTop: Bool = false)
  case heapAllocate(Slot, size: UInt64, alignment: UInt64, zeroed: Bool)
  /// The guest writes into the buffer that the slot holds: a secret if that is the heap's, and
  /// something for the host if it is shared.
  case write(Slot)
  case unshareAll
  case initialise(Initialisation)
  /// Maps MMIO pages, by their number, or a window of theirs.
  case mapMMIO(page: UInt64, pages: UInt64, MMIOWindow)
  case unmapAllMMIO
  /// The guest's heap is given one more range.
  case heapAdd(AddedRange)

  // The host.
  /// Writes into everything that it can reach.
  case scribble
  /// Pins the granule in which the slot's buffer begins.
  case pin(Slot)
  case unpinAll
  /// Makes every hypercall from now on fail in this way; nil ends that.
  case standingFault(FaultMode?)
}

/// How a program frees what a slot holds.
public enum Freeing: Int, CaseIterable, Equatable, Sendable {
  /// As it was allocated. On a slot that was freed already, a double free.
  case asAllocated
  /// With half the size.
  case half
  /// With twice the size.
  case double
  /// At an address inside the block.
  case inside
  /// At an address that nobody ever handed out.
  case foreign
  // In ways that the contract leaves to the caller: the pool cannot tell them from right ones where
  // the block's size is the same.
  /// By the call that frees another kind of buffer.
  case asAnotherKind
  /// A bounce buffer in another direction.
  case inAnotherDirection
  /// At the address of another live buffer.
  case asItsNeighbour
}

/// Which part of its pages an MMIO mapping is, or where else it lies.
public enum MMIOWindow: Int, CaseIterable, Equatable, Sendable {
  case whole
  /// The first 512 bytes of the first page.
  case head
  /// The last 512 bytes of the last page.
  case tail
  // Where there is no device.
  case overTheArena
  case overTheStaticRange
  case atTheTop
}

/// What range a program gives the heap.
public enum AddedRange: Int, CaseIterable, Equatable, Sendable {
  /// All of the arena that the heap does not have yet.
  case rest
  /// The lower half of that.
  case half
  // Wrong ones.
  /// The arena's first block, which the heap has.
  case again
  /// The last block that the heap has, and the one after it.
  case across
  /// What the heap does not have, and the block after the arena.
  case beyond
  /// The block after the arena.
  case outside
  case empty
  case overflowing
}

/// How a program initialises the pool.
public enum Initialisation: Int, CaseIterable, Equatable, Sendable {
  /// As the hypervisor wants it, with the static range that the configuration has.
  case standard
  /// As the hypervisor wants it, without a static range.
  case withoutRange
  // As the hypervisor wants it, with a static range that breaks one rule.
  case emptyRange
  case overflowingRange
  case unalignedAddress
  case unalignedSize
  case overlappingRange
  case outsideRange
  case rangeAtZero
  /// With a memory map in which no region more can be tracked.
  case crowdedMap
  // The three inits by name. An uninitialised pool is asked only for the one that its hypervisor
  // wants; the others are skipped.
  case dynamic
  case fixed
  case heap
}

extension Command {
  /// A command without its arguments.
  public enum Kind: Int, CaseIterable, Equatable, Hashable, Sendable {
    case allocate, free, dmaAlloc, share, heapAllocate, write, unshareAll, initialise, mapMMIO
    case unmapAllMMIO, scribble, pin, unpinAll, standingFault, heapAdd
  }

  public var kind: Kind {
    switch self {
    case .allocate: .allocate
    case .free: .free
    case .dmaAlloc: .dmaAlloc
    case .share: .share
    case .heapAllocate: .heapAllocate
    case .write: .write
    case .unshareAll: .unshareAll
    case .initialise: .initialise
    case .mapMMIO: .mapMMIO
    case .unmapAllMMIO: .unmapAllMMIO
    case .heapAdd: .heapAdd
    case .scribble: .scribble
    case .pin: .pin
    case .unpinAll: .unpinAll
    case .standingFault: .standingFault
    }
  }
}

extension Command.Kind {
  /// The call without which such a command asks nothing.
  var call: GuestCalls {
    switch self {
    case .dmaAlloc: .dma
    case .share: .bounces
    case .heapAllocate: .heapAllocate
    case .heapAdd: .heapAdd
    case .unshareAll: .unshareAll
    case .mapMMIO, .unmapAllMMIO: .mmio
    case .allocate, .free, .write, .initialise, .scribble, .pin, .unpinAll, .standingFault: []
    }
  }
}

/// What goes wrong while one command runs.
public enum CommandFault: Equatable, Sendable {
  /// The hypercall at this position of the command, the first being 1.
  case hypercall(position: Int, FaultMode)
  /// That one and all after it, also in later commands, until a standing fault is another.
  case hypercalls(from: Int, FaultMode)
  /// The sharer's allocation from the heap.
  case heapAllocation
  /// What the sharer gives back to the heap, by its position, the first being 1.
  case heapFree(position: Int)
  /// Nothing by itself: the host acts just before the hypercall at this position.
  case host(HostDeed, before: Int)
  /// Nothing by itself: the guest calls again just before this one of the command's calls at its
  /// ports, hypercalls and those of the heap, as an interrupt handler would.
  case guest(GuestDeed, before: Int)
}

/// What the guest calls in the middle of another call.
public enum GuestDeed: Int, CaseIterable, Equatable, Sendable {
  /// Allocates a small buffer.
  case allocates
  /// Frees the newest buffer.
  case frees
  /// Makes a bounce buffer.
  case shares
  case unsharesAll
}

/// A command with what goes wrong while it runs.
public struct Step: Equatable, Sendable {
  public var command: Command
  public var faults: CommandFaults

  public init(_ command: Command, faults: CommandFaults) {
    self.command = command
    self.faults = faults
  }

  public init(_ command: Command, fault: CommandFault? = nil) {
    self.init(command, faults: fault.map { [$0] } ?? [])
  }
}
