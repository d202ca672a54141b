import MemorySharing
import SharingModel
import SimulatedHypervisors

/// An implementation in Swift as a system under test: a subclass passes each call of the guest on
/// to its implementation.
///
/// What every adapter repeats is here. The heap is the machine's, which tells its events and
/// refuses where a program says so. The hypervisor is detected and the MMIO guard kept by this
/// package's own code. A call that a subclass says it has and does not override halts the guest
/// with the words "is not implemented".
///
///     final class MySystem: SharingAdapter {
///       override class var calls: GuestCalls { [.deallocateShared, .unshareAll, .heap] }
///       private lazy var sharer = MySharer(…)
///       override func allocateShared(
///         size: UInt64, alignment: UInt64
///       ) throws -> PhysicalAddress {
///         PhysicalAddress(try sharer.allocate(size, alignment))
///       }
///       …
///     }
open class SharingAdapter: SharingSystem {
  /// What of a machine an adapter uses beside its memory and its hypercalls.
  public struct Borrowed: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The heap; an implementation with a heap of its own does without.
    public static var heap: Borrowed { Borrowed(rawValue: 1) }
    /// The detection of the hypervisor and, where the class has the calls, an MMIO guard.
    public static var hypervisor: Borrowed { Borrowed(rawValue: 2) }
  }

  public typealias Hypervisor = DetectedHypervisor<SimulatedMonitor>

  /// The machine, whose hypercalls are `machine.monitor.call`, and whose bytes are
  /// `machine.memory`.
  public let machine: Machine
  private let lentHeap: MachineHeap?
  private let detected: Hypervisor?
  private var mmioGuard: MMIOGuard<Hypervisor>?
  private var isDropped = false

  /// The calls that systems of this class have; no program asks for the others.
  open class var calls: GuestCalls { .all }

  /// Prepares what an adapter uses of a machine that has just been reset.
  ///
  /// - Throws: `unknownHypervisor`, `hypercallFailed`, `outOfMetadata`.
  public init(
    _ machine: Machine, using parts: Borrowed = [.heap, .hypervisor]
  ) throws(ShareError) {
    self.machine = machine
    detected =
      parts.contains(.hypervisor)
      ? try .detect(through: machine.monitor, generation: machine.backend.generation) : nil
    lentHeap = parts.contains(.heap) ? try MachineHeap(machine) : nil
    guard let detected, Self.calls.contains(.mmio) else { return }
    mmioGuard = try machine.mmioGuard(detected)
  }

  /// The machine's heap: `regions` serves the sharer.
  public var heap: MachineHeap {
    guard let lentHeap else { preconditionFailure("the adapter does not use the machine's heap") }
    return lentHeap
  }

  /// The hypervisor as this package detects it.
  public var hypervisor: Hypervisor {
    guard let detected else { preconditionFailure("the adapter does not use the detection") }
    return detected
  }

  // MARK: What a subclass has

  /// Makes the pool.
  ///
  /// - Parameters:
  ///   - kind: which of the inits; `standard` and those with a wrong range want what the hypervisor
  ///     wants.
  ///   - staticRange: what a device tree says was shared before boot; it may be wrong.
  open func initialise(_ kind: Initialisation, staticRange: StaticRange?) throws {
    throw Self.missing("initialise")
  }

  /// Serves a buffer that the host can reach. AOSP: `alloc_shared`.
  open func allocateShared(size: UInt64, alignment: UInt64) throws -> PhysicalAddress {
    throw Self.missing("allocateShared")
  }

  open func deallocateShared(
    _ address: PhysicalAddress, size: UInt64, alignment: UInt64
  ) throws {
    throw Self.missing("deallocateShared")
  }

  /// Serves zeroed pages of 4096 bytes to a driver; `Layout(pages:)` is their layout.
  open func dmaAlloc(pages: UInt64, _ direction: BufferDirection) throws -> DMABuffer {
    throw Self.missing("dmaAlloc")
  }

  open func dmaDealloc(_ address: PhysicalAddress, pages: UInt64) throws {
    throw Self.missing("dmaDealloc")
  }

  /// Makes a bounce buffer of a driver's buffer.
  open func share(_ buffer: GuestBuffer, _ direction: BufferDirection) throws -> PhysicalAddress {
    throw Self.missing("share")
  }

  /// Ends a bounce buffer.
  open func unshare(
    _ address: PhysicalAddress, _ buffer: GuestBuffer, _ direction: BufferDirection
  ) throws {
    throw Self.missing("unshare")
  }

  /// Takes everything back, and closes the pool.
  open func unshareAll() throws -> UnshareReport { throw Self.missing("unshareAll") }

  /// Ends the pool, as its `deinit` would; takes everything back unless overridden.
  open func drop() throws {
    if Self.calls.contains(.unshareAll) { _ = try unshareAll() }
  }

  open func heapAllocate(
    size: UInt64, alignment: UInt64, zeroed: Bool
  ) throws -> PhysicalAddress {
    try heap.allocate(try Layout(size: size, alignment: alignment), zeroed: zeroed)
  }

  open func heapDeallocate(_ address: PhysicalAddress, size: UInt64, alignment: UInt64) throws {
    try heap.deallocate(address, try Layout(size: size, alignment: alignment))
  }

  /// Gives the heap one more range.
  open func heapAdd(start: UInt64, size: UInt64) throws {
    try heap.add(try AddressRange(start: PhysicalAddress(start), size: size))
  }

  open func mapMMIO(_ range: AddressRange) throws {
    guard mmioGuard != nil else { throw ShareError.mmioGuardUnsupported }
    try mmioGuard!.map(range)
  }

  open func unmapAllMMIO() throws -> MMIOReport {
    mmioGuard?.unmapAll() ?? MMIOReport(unmapped: 0, stillMapped: 0)
  }

  /// The error of the specification that an error of the implementation is; nil where it is none,
  /// and then it has no name.
  open func shareError(_ error: any Error) -> ShareError? { error as? ShareError }

  /// Fills in what the system shows of itself: nothing unless overridden.
  open func observe(into observation: inout Observation) { observation = .nothing }
}

// MARK: - Answering

extension SharingAdapter {
  /// The code of an error that has no name.
  static var unnamed: UInt32 { 255 }

  private static func missing(_ call: String) -> UnnamedFailure {
    UnnamedFailure(.halted("\(call) is not implemented"))
  }

  public final func perform(_ call: GuestCall) -> Outcome {
    guard !isDropped, Self.calls.has(call) else { return .skipped }
    do {
      return try answer(call)
    } catch let failure as UnnamedFailure {
      return failure.outcome
    } catch {
      return shareError(error).map { .failed($0) } ?? .refused(Self.unnamed)
    }
  }

  private func answer(_ call: GuestCall) throws -> Outcome {
    switch call {
    case .detect: break
    case .initialise(let kind, let range): try initialise(kind, staticRange: range)
    case .allocateShared(let size, let alignment):
      return .address(try allocateShared(size: size, alignment: alignment), nil)
    case .deallocateShared(let address, let size, let alignment):
      try deallocateShared(address, size: size, alignment: alignment)
    case .dmaAlloc(let pages, let direction):
      let buffer = try dmaAlloc(pages: pages, direction)
      return .address(buffer.physical, buffer.virtual)
    case .dmaDealloc(let address, let pages): try dmaDealloc(address, pages: pages)
    case .share(let buffer, let direction): return .address(try share(buffer, direction), nil)
    case .unshare(let address, let buffer, let direction): try unshare(address, buffer, direction)
    case .heapAllocate(let size, let alignment, let zeroed):
      return .address(try heapAllocate(size: size, alignment: alignment, zeroed: zeroed), nil)
    case .heapDeallocate(let address, let size, let alignment):
      try heapDeallocate(address, size: size, alignment: alignment)
    case .heapAdd(let start, let size): try heapAdd(start: start, size: size)
    case .mapMMIO(let range): try mapMMIO(range)
    case .unmapAllMMIO: return .unmapped(try unmapAllMMIO())
    case .unshareAll: return .unshared(try unshareAll())
    case .drop:
      isDropped = true
      try drop()
    }
    return .done
  }
}

extension Layout {
  /// The layout of pages of 4096 bytes.
  ///
  /// - Throws: `sizeIsZero`, `sizeOverflows`.
  public init(pages: UInt64) throws(ShareError) {
    let (size, overflow) = pages.multipliedReportingOverflow(by: 4096)
    if overflow { throw .sizeOverflows(pages) }
    try self.init(size: size, alignment: 4096)
  }
}
