import Glibc
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import SubjectInterface

// What a subject calls back. It may pass anything: what no machine can do halts the guest, as an
// abort would, as soon as its call returns.

extension ForeignSystem {
  /// The machine as a subject sees it.
  static func ports(
    of machine: Machine, context: UnsafeMutableRawPointer
  ) -> sharecheck_machine {
    let configuration = machine.configuration
    var ports = sharecheck_machine()
    ports.version = SHARECHECK_SUBJECT_VERSION
    ports.size = UInt32(MemoryLayout<sharecheck_machine>.size)
    ports.context = context
    ports.hypervisor = name(of: machine.backend)
    ports.is_android13 = machine.backend.generation == .android13 ? 1 : 0
    ports.memory = range(machine.memoryMap.memory)
    ports.arena = range(configuration.arena)
    ports.arena_at_start = range(configuration.arenaAtStart)
    ports.devices = range(configuration.deviceMemory)
    ports.virtual_offset = configuration.virtualOffset
    ports.minimum_block = configuration.minimumBlock
    ports.largest_pool_block = configuration.poolTop
    ports.largest_heap_block = configuration.heapTop
    ports.mmio_regions = configuration.mmioRecords
    ports.hypercall = { context, registers in
      ForeignSystem.checked(context) { $0.hypercall(registers!) }
    }
    ports.zero = { context, start, size in ForeignSystem.checked(context) { $0.zero(start, size) } }
    ports.copy = { context, from, to, size in
      ForeignSystem.checked(context) { $0.copy(from, to, size) }
    }
    ports.load = { context, address in ForeignSystem.checked(context) { $0.load(address) } }
    ports.store = { context, address, word in
      ForeignSystem.checked(context) { $0.store(address, word) }
    }
    ports.heap_allocate = { context, size, alignment, address in
      ForeignSystem.checked(context) { $0.allocateRegion(size, alignment, address!) }
    }
    ports.heap_deallocate = { context, address, size, alignment in
      ForeignSystem.checked(context) { $0.deallocateRegion(address, size, alignment) }
    }
    ports.region_may_be_taken = { context, size, alignment in
      ForeignSystem.checked(context) { $0.mayTakeRegion(size, alignment) }
    }
    ports.region_taken = { context, start, size, alignment in
      ForeignSystem.checked(context) {
        $0.tell(start, size) { .heapAllocated($0, alignment: alignment) }
      }
    }
    ports.region_missing = { context, size, alignment in
      ForeignSystem.checked(context) { $0.tellRefusal(size, alignment, onPurpose: false) }
    }
    ports.region_may_return = { context, start, size in
      ForeignSystem.checked(context) { $0.mayReturnRegion(start, size) }
    }
    ports.region_returned = { context, start, size, alignment in
      ForeignSystem.checked(context) {
        $0.tell(start, size) { .heapFreed($0, alignment: alignment) }
      }
    }
    ports.abandoned = { context, start, size in
      ForeignSystem.checked(context) { system in
        system.range(start, size, "abandons").map { system.machine.monitor.abandon($0) }
      }
    }
    ports.log = sharecheck_guard_log
    ports.die = sharecheck_guard_die
    return ports
  }

  /// Does what a callback is for; a trap in there is the checks' own.
  private static func checked<Answer>(
    _ context: UnsafeMutableRawPointer?, _ body: (ForeignSystem) -> Answer
  ) -> Answer {
    let guarded = sharecheck_guard_leave()
    defer { sharecheck_guard_return(guarded) }
    let system = Unmanaged<ForeignSystem>.fromOpaque(context!).takeUnretainedValue()
    system.mapped?.look(system.call, answered: nil)
    defer { system.mapped?.enter() }
    return body(system)
  }

  /// Has the functions for memory reach mapped bytes, as the subject's own pointers do.
  static func map(_ ports: inout sharecheck_machine) {
    ports.zero = sharecheck_mapped_zero
    ports.copy = sharecheck_mapped_copy
    ports.load = sharecheck_mapped_load
    ports.store = sharecheck_mapped_store
  }

  private static func range(_ range: AddressRange) -> sharecheck_range {
    sharecheck_range(start: range.start.rawValue, size: range.size)
  }

  /// The name of a backend, for good.
  private static func name(of backend: Backend) -> UnsafePointer<CChar>? {
    names[Backend.all.firstIndex(of: backend) ?? 0]
  }

  nonisolated(unsafe) private static let names = Backend.all.map { UnsafePointer(strdup($0.id)) }
}

// MARK: - Each of them

extension ForeignSystem {
  private func hypercall(_ registers: UnsafeMutablePointer<UInt64>) {
    let answer = machine.monitor.call(
      HypercallRegisters(registers[0], registers[1], registers[2], registers[3]))
    registers[0] = answer.x0
    registers[1] = answer.x1
    registers[2] = answer.x2
    registers[3] = answer.x3
  }

  private func zero(_ start: UInt64, _ size: UInt64) {
    guard size > 0, let range = range(start, size, "zeroes") else { return }
    machine.memory.zero(range)
  }

  private func copy(_ from: UInt64, _ to: UInt64, _ size: UInt64) {
    guard size > 0, range(from, size, "copies from") != nil, range(to, size, "copies to") != nil
    else { return }
    machine.memory.copy(from: PhysicalAddress(from), to: PhysicalAddress(to), size: size)
  }

  private func load(_ address: UInt64) -> UInt64 {
    guard range(address, 8, "loads from") != nil else { return 0 }
    return machine.memory.readWord(at: PhysicalAddress(address))
  }

  private func store(_ address: UInt64, _ word: UInt64) {
    guard range(address, 8, "stores to") != nil else { return }
    machine.memory.writeWord(word, at: PhysicalAddress(address))
  }

  private func allocateRegion(
    _ size: UInt64, _ alignment: UInt64, _ address: UnsafeMutablePointer<UInt64>
  ) -> UInt32 {
    answer { heap, layout throws(ShareError) in
      address.pointee = try heap.allocateZeroed(layout).rawValue
    } of: { () throws(ShareError) in
      try Layout(size: size, alignment: alignment)
    }
  }

  private func deallocateRegion(_ address: UInt64, _ size: UInt64, _ alignment: UInt64) -> UInt32 {
    guard range(address, max(size, 1), "gives back") != nil else { return 0 }
    return answer { heap, layout throws(ShareError) in
      try heap.deallocate(PhysicalAddress(address), layout)
    } of: { () throws(ShareError) in
      try Layout(size: size, alignment: alignment)
    }
  }

  /// The number of the error of a call of the machine's heap.
  private func answer(
    _ call: (any RegionSource, Layout) throws(ShareError) -> Void,
    of layout: () throws(ShareError) -> Layout
  ) -> UInt32 {
    guard let heap else {
      misuse = "it has a heap of its own, and used the machine's"
      return SHARECHECK_FAILED.rawValue
    }
    do throws(ShareError) {
      try call(heap.regions, try layout())
      return 0
    } catch {
      return UInt32(error.number)
    }
  }

  private func mayTakeRegion(_ size: UInt64, _ alignment: UInt64) -> UInt32 {
    machine.events.willCall?()
    guard machine.heapFaults.allocations.refusesNext() else { return 1 }
    tellRefusal(size, alignment, onPurpose: true)
    return 0
  }

  private func tellRefusal(_ size: UInt64, _ alignment: UInt64, onPurpose: Bool) {
    guard let layout = try? Layout(size: size, alignment: alignment) else { return }
    machine.events.send(.heapRefused(layout, onPurpose: onPurpose))
  }

  private func mayReturnRegion(_ start: UInt64, _ size: UInt64) -> UInt32 {
    machine.events.willCall?()
    guard machine.heapFaults.frees.refusesNext() else { return 1 }
    tell(start, size) { .heapRefusedFree($0) }
    return 0
  }

  private func tell(_ start: UInt64, _ size: UInt64, _ event: (AddressRange) -> PortEvent) {
    guard let range = range(start, size, "tells of") else { return }
    machine.events.send(event(range))
  }

  /// A range that the subject names; nil, and a misuse, where it is none.
  private func range(_ start: UInt64, _ size: UInt64, _ deed: String) -> AddressRange? {
    guard let range = try? AddressRange(start: PhysicalAddress(start), size: size) else {
      misuse = misuse ?? "it \(deed) \(hex(start))+\(hex(size)), which is no range of memory"
      return nil
    }
    return range
  }
}
