import MemorySharing
import SimulatedHypervisors

/// What the model notes while one command runs.
public struct CommandEffects {
  /// Whether a port event has come; `Model.before` is from that moment.
  public var sawEvent = false
  /// The first hypercall that answered an error.
  public var firstFailure: HypercallEvent?
  public var hypercallFailed: Bool { firstFailure != nil }
  /// Whether the heap refused the sharer on purpose.
  public var heapFailed = false
  /// What the heap did not serve.
  public var layoutRefused: Layout?
  /// Regions taken from the heap by this command and not given back.
  public var regionsTaken: [AddressRange] = []
  /// The same with those that it has given back.
  public var regionsTouched: [AddressRange] = []
  /// Granules shared by this command, and calls of MEMINFO.
  public var granulesShared = 0
  public var granulesUnshared = 0
  public var memInfoCalls = 0
  /// MMIO granules unmapped by this command.
  public var mmioUnmapped: UInt64 = 0
  /// The size of the block that the command asks the pool for; nil if it asks for none.
  public var poolRequest: UInt64?
  /// What the refill for it lacks: the bytes that its record needs, and those that are left.
  public var recordLack: (needed: UInt64, available: UInt64)?
  /// Whether the pool had a run for that when the command began.
  public var poolCouldServe = false
  /// The one address at which the request may have been placed; nil if it could not be served.
  public var expectedPlace: UInt64?
  /// The buffer that the command made.
  public var made: Holding?
  /// The live buffer that the command rightly frees. While the command runs it is nobody's: a
  /// system may scrub it, or take its granules back.
  public var freeing: Holding?
  /// The regions that the command gave back to the heap.
  public var regionsReturned: [AddressRange] = []
  /// The block that the command freed, and how often it merged, from which order.
  public var freed: Holding?
  public var merges = 0..<0
  /// The bytes that the call zeroed, copied and read, in order.
  public var written: [AddressRange] = []
  public var read: [AddressRange] = []
  /// The bytes that it wrote otherwise, as an allocator does that keeps records in its memory.
  public var stored: [AddressRange] = []
  /// What lay in a bounce buffer when `unshare` began, and in the driver's buffer when `share` or
  /// `unshare` did.
  public var bounceContent: [Content] = []
  public var driverContent: [Content] = []
  /// The errors that the call's own faults allow; empty for a call inside its contract.
  public var faults: [RequestFault] = []
  /// What the guest called in the middle of the command.
  public var nested: [NestedCall] = []
  /// The number of the command, from 1; the ids of writes are made of it.
  public var number = 0

  public init() {}

  /// Forgets the last command and starts another; arrays keep their storage.
  mutating func restart(number: Int) {
    sawEvent = false
    firstFailure = nil
    heapFailed = false
    layoutRefused = nil
    regionsTaken.clear()
    regionsTouched.clear()
    granulesShared = 0
    granulesUnshared = 0
    memInfoCalls = 0
    mmioUnmapped = 0
    poolRequest = nil
    recordLack = nil
    poolCouldServe = false
    expectedPlace = nil
    made = nil
    freeing = nil
    regionsReturned.clear()
    freed = nil
    merges = 0..<0
    written.clear()
    read.clear()
    stored.clear()
    bounceContent.clear()
    driverContent.clear()
    faults.clear()
    nested.clear()
    self.number = number
  }

  /// A call in the middle of another: what it answered, and how much happened at the ports.
  public struct NestedCall: Equatable {
    public var outcome: Outcome
    public var events: Int
  }

  /// A run of one origin, counted from the start of its buffer.
  public struct Content: Equatable {
    public var offset: UInt64
    public var size: UInt64
    public var origin: ByteOrigin
  }
}
