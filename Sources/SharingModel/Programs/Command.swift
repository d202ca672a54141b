import MemorySharing
import SimulatedHypervisors

/// One call of the guest, or one act of the host.
public enum Command: Equatable, Sendable {
  // The guest.
  case allocate(Slot, size: UInt64, alignment: UInt64)
  /// Frees what the slot holds, whatever made it, in one of the ways of `Freeing`.
  case free(Slot, Freeing)
  case dmaAlloc(Slot, pages: UInt64, BufferDirection)
  case share(Slot, size: UInt64, BufferDirection)
  case heapAllocate(Slot, size: UInt64, alignment: UInt64, zeroed: Bool)
  /// The guest writes into the buffer that the slot holds: a secret if that is the heap's, and
  /// something for the host if it is shared.
  case write(Slot)
  case unshareAll
  case initialise(Initialisation)
  /// Maps MMIO pages, by their number.
  case mapMMIO(page: UInt64, pages: UInt64)
  case unmapAllMMIO

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
    case unmapAllMMIO, scribble, pin, unpinAll, standingFault
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
    case .scribble: .scribble
    case .pin: .pin
    case .unpinAll: .unpinAll
    case .standingFault: .standingFault
    }
  }
}

/// What goes wrong while one command runs.
public enum CommandFault: Equatable, Sendable {
  /// The hypercall at this position of the command, the first being 1.
  case hypercall(position: Int, FaultMode)
  /// The sharer's allocation from the heap.
  case heapAllocation
}

/// A command with its fault.
public struct Step: Equatable, Sendable {
  public var command: Command
  public var fault: CommandFault?

  public init(_ command: Command, fault: CommandFault? = nil) {
    self.command = command
    self.fault = fault
  }
}
