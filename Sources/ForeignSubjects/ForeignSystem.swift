import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import SubjectInterface

/// A subject of a shared library on a machine: calls go to its table, and what it calls back goes
/// to the machine's ports.
final class ForeignSystem: SharingSystem {
  let machine: Machine
  /// The bytes of its memory, if that is mapped.
  let mapped: MappedMemory?
  /// The call that runs.
  private(set) var call: GuestCall?
  /// What serves its regions, if it has no heap of its own.
  let heap: MachineHeap?
  private let library: SubjectLibrary
  private let ports: UnsafeMutablePointer<sharecheck_machine>
  /// What the subject's `create` made; nil before it and after the end.
  private var subject: UnsafeMutableRawPointer?
  private var isAlive = false
  /// What it has asked of the machine that no machine can do.
  var misuse: String?

  /// Builds a system; nil where the subject turns the machine down.
  ///
  /// - Throws: a `ShareError` or an `UnnamedFailure`.
  init?(_ library: SubjectLibrary, _ machine: Machine) throws {
    self.machine = machine
    self.library = library
    mapped = library.description.isMapped ? MappedMemory(machine) : nil
    heap = library.description.hasHeap ? nil : try MachineHeap(machine)
    ports = UnsafeMutablePointer.allocate(capacity: 1)
    ports.initialize(to: sharecheck_machine())
    if library.description.isMapped, mapped == nil { return nil }
    ports.pointee = Self.ports(of: machine, context: Unmanaged.passUnretained(self).toOpaque())
    if mapped != nil { Self.map(&ports.pointee) }
    mapped?.enter()
    var evidence = sharecheck_evidence()
    let answer = sharecheck_guard_create(library.table, ports, &subject, &evidence)
    mapped?.look(.detect, answered: nil)
    if answer == SHARECHECK_TURNED_DOWN.rawValue { return nil }
    switch outcome(answer, evidence) {
    case .done: isAlive = true
    case .failed(let error): throw error
    case let other: throw UnnamedFailure(other)
    }
  }

  deinit {
    mapped?.enter()
    if isAlive { _ = sharecheck_guard_destroy(library.table, subject) }
    ports.deallocate()
  }

  func perform(_ call: GuestCall) -> Outcome {
    guard isAlive else { return misuse.map { .halted($0) } ?? .skipped }
    if let heap, let answer = heap.answer(call) { return answer }
    let outer = self.call
    self.call = call
    defer { self.call = outer }
    mapped?.begin()
    let outcome = answer(call)
    if outcome.isHalt { leave() } else { mapped?.look(call, answered: outcome) }
    return outcome
  }

  /// Leaves a subject that has halted as it lies, but for its memory.
  private func leave() {
    isAlive = false
    guard misuse == nil, library.table.pointee.discard != nil, sharecheck_guard_has_died() != 0
    else { return }
    _ = sharecheck_guard_discard(library.table, subject)
  }

  private func answer(_ call: GuestCall) -> Outcome {
    let table = library.table
    var evidence = sharecheck_evidence()
    var address: UInt64 = 0
    switch call {
    case .detect: return .done
    case .initialise(let kind, let range):
      var given = sharecheck_range(start: range?.start ?? 0, size: range?.size ?? 0)
      let answer = withUnsafePointer(to: &given) { given in
        sharecheck_guard_init(
          table, subject, kind.number, range == nil ? nil : given, &evidence)
      }
      return outcome(answer, evidence)
    case .allocateShared(let size, let alignment):
      let answer = sharecheck_guard_alloc_shared(
        table, subject, size, alignment, &address, &evidence)
      return outcome(answer, evidence, PhysicalAddress(address))
    case .deallocateShared(let freed, let size, let alignment):
      return outcome(
        sharecheck_guard_dealloc_shared(
          table, subject, freed.rawValue, size, alignment, &evidence), evidence)
    case .dmaAlloc(let pages, let direction):
      var virtual: UInt64 = 0
      let answer = sharecheck_guard_dma_alloc(
        table, subject, pages, direction.number, &address, &virtual, &evidence)
      return outcome(answer, evidence, PhysicalAddress(address), VirtualAddress(virtual))
    case .dmaDealloc(let freed, let pages):
      return outcome(
        sharecheck_guard_dma_dealloc(table, subject, freed.rawValue, pages, &evidence), evidence)
    case .share(let buffer, let direction):
      let answer = sharecheck_guard_share(
        table, subject, buffer.address.rawValue, buffer.size, direction.number, &address, &evidence)
      return outcome(answer, evidence, PhysicalAddress(address))
    case .unshare(let bounce, let buffer, let direction):
      return outcome(
        sharecheck_guard_unshare(
          table, subject, bounce.rawValue, buffer.address.rawValue, buffer.size, direction.number,
          &evidence), evidence)
    case .mapMMIO(let range):
      return outcome(
        sharecheck_guard_map_mmio(table, subject, range.start.rawValue, range.size, &evidence),
        evidence)
    case .unmapAllMMIO:
      var report = sharecheck_unmapped()
      let answer = sharecheck_guard_unmap_all_mmio(table, subject, &report)
      let unmapped = MMIOReport(unmapped: report.unmapped, stillMapped: report.still_mapped)
      return outcome(answer, evidence, as: .unmapped(unmapped))
    case .unshareAll:
      var report = sharecheck_unshared()
      let answer = sharecheck_guard_unshare_all(table, subject, &report)
      return outcome(answer, evidence, as: .unshared(UnshareReport(report)))
    case .drop:
      isAlive = false
      return outcome(sharecheck_guard_destroy(table, subject), evidence)
    case .heapAllocate, .heapDeallocate, .heapAdd:
      return answer(ofTheHeap: call)
    }
  }

  private func answer(ofTheHeap call: GuestCall) -> Outcome {
    let table = library.table
    var evidence = sharecheck_evidence()
    switch call {
    case .heapAllocate(let size, let alignment, let zeroed):
      var address: UInt64 = 0
      let answer = sharecheck_guard_heap_alloc(
        table, subject, size, alignment, zeroed ? 1 : 0, &address, &evidence)
      return outcome(answer, evidence, PhysicalAddress(address))
    case .heapDeallocate(let freed, let size, let alignment):
      return outcome(
        sharecheck_guard_heap_dealloc(
          table, subject, freed.rawValue, size, alignment, &evidence), evidence)
    case .heapAdd(let start, let size):
      return outcome(sharecheck_guard_heap_add(table, subject, start, size, &evidence), evidence)
    default: return .skipped
    }
  }

  // MARK: Answers

  private func outcome(
    _ answer: UInt32, _ evidence: sharecheck_evidence, _ address: PhysicalAddress,
    _ virtual: VirtualAddress? = nil
  ) -> Outcome {
    outcome(answer, evidence, as: .address(address, virtual))
  }

  /// - Parameter success: what an answer of 0 means.
  private func outcome(
    _ answer: UInt32, _ evidence: sharecheck_evidence, as success: Outcome = .done
  ) -> Outcome {
    if let misuse { return .halted(misuse) }
    switch answer {
    case 0: return success
    case SHARECHECK_HALTED: return .halted(String(cString: sharecheck_guard_reason()))
    default:
      let words = evidence.words
      let error = ShareError(words: (UInt64(answer), words.0, words.1, words.2, words.3))
      return error.map { .failed($0) } ?? .refused(answer)
    }
  }

  // MARK: What it shows

  func observe(into observation: inout Observation) {
    observation.steps = nil
    observation.quarantine = nil
    observation.quarantineRegions.removeAll()
    observation.unclaimed = nil
    guard library.description.isOpen, isAlive else {
      observation.poolFree = nil
      observation.heapFree = nil
      return
    }
    mapped?.enter()
    defer { mapped?.look(nil, answered: nil) }
    let look = Look(minimumBlock: machine.configuration.minimumBlock)
    var view = sharecheck_view()
    view.context = Unmanaged.passUnretained(look).toOpaque()
    view.free_pool_block = { Look.at($0).add($1, $2, to: \.pool) }
    view.free_heap_block = { Look.at($0).add($1, $2, to: \.heap) }
    view.lost = { Look.at($0).lose($1!.pointee, in: $2!.pointee) }
    guard sharecheck_guard_observe(library.table, subject, &view) == 0 else {
      isAlive = false
      misuse = "\(String(cString: sharecheck_guard_reason())), while it was observed"
      return
    }
    observation.poolFree = look.pool.sorted()
    if let heap {
      var blocks = observation.heapFree.take() ?? []
      blocks.removeAll(keepingCapacity: true)
      observation.heapFree = heap.listFreeBlocks(into: &blocks) ? blocks : nil
    } else {
      observation.heapFree = look.heap.sorted()
    }
    if observation.wantsQuarantine {
      observation.quarantine = look.lost
      observation.quarantineRegions = look.regions
    }
  }
}

/// What a subject shows in one look.
private final class Look {
  var pool: [Observation.Block] = []
  var heap: [Observation.Block] = []
  var lost = SortedRanges()
  var regions: [AddressRange] = []
  private let minimumBlock: UInt64

  init(minimumBlock: UInt64) { self.minimumBlock = minimumBlock }

  static func at(_ context: UnsafeMutableRawPointer?) -> Look {
    Unmanaged<Look>.fromOpaque(context!).takeUnretainedValue()
  }

  /// A block whose size is no block's gets an order that none has.
  func add(_ address: UInt64, _ size: UInt64, to list: ReferenceWritableKeyPath<Look, [Block]>) {
    let blocks = size / minimumBlock
    let isBlock = size % minimumBlock == 0 && blocks.nonzeroBitCount == 1
    self[keyPath: list].append(
      Block(order: isBlock ? UInt64(blocks.trailingZeroBitCount) : 64, address: address))
  }

  typealias Block = Observation.Block

  func lose(_ granule: sharecheck_range, in region: sharecheck_range) {
    guard let granule = AddressRange(granule), let region = AddressRange(region) else { return }
    lost.insert(granule)
    if !regions.contains(region) { regions.append(region) }
  }
}

extension AddressRange {
  /// A range that a subject names; nil where it is none.
  fileprivate init?(_ range: sharecheck_range) {
    guard let range = try? AddressRange(start: PhysicalAddress(range.start), size: range.size)
    else { return nil }
    self = range
  }
}

extension [Observation.Block] {
  fileprivate func sorted() -> [Element] {
    sorted { ($0.order, $0.address) < ($1.order, $1.address) }
  }
}

extension MachineHeap {
  /// The heap of the machine for the guest's own calls; nil for a call that is not of the heap.
  fileprivate func answer(_ call: GuestCall) -> Outcome? {
    do throws(ShareError) {
      switch call {
      case .heapAllocate(let size, let alignment, let zeroed):
        let layout = try Layout(size: size, alignment: alignment)
        return .address(try allocate(layout, zeroed: zeroed), nil)
      case .heapDeallocate(let address, let size, let alignment):
        try deallocate(address, try Layout(size: size, alignment: alignment))
        return .done
      case .heapAdd(let start, let size):
        try add(try AddressRange(start: PhysicalAddress(start), size: size))
        return .done
      default: return nil
      }
    } catch {
      return .failed(error)
    }
  }
}

extension BufferDirection {
  fileprivate var number: UInt32 {
    switch self {
    case .driverToDevice: SHARECHECK_TO_DEVICE.rawValue
    case .deviceToDriver: SHARECHECK_FROM_DEVICE.rawValue
    case .both: SHARECHECK_BOTH.rawValue
    }
  }
}

extension Initialisation {
  fileprivate var number: UInt32 {
    switch self {
    case .dynamic: SHARECHECK_INIT_DYNAMIC.rawValue
    case .fixed: SHARECHECK_INIT_STATIC.rawValue
    case .heap: SHARECHECK_INIT_HEAP.rawValue
    default: SHARECHECK_INIT_STANDARD.rawValue
    }
  }
}

extension UnshareReport {
  fileprivate init(_ report: sharecheck_unshared) {
    self.init()
    granulesUnshared = report.granules_unshared
    granulesQuarantined = report.granules_quarantined
    regionsReturned = report.regions_returned
    regionsKept = report.regions_kept
  }
}
