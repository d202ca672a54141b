import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// An adapter whose calls answer whatever a test wants.
private final class Answering: SharingAdapter {
  struct Odd: Error {}
  enum Full: Error { case full }

  var failure: (any Error)?

  override class var calls: GuestCalls { [.unshareAll, .dma, .heap, .mmio] }

  override func initialise(_ kind: Initialisation, staticRange: StaticRange?) throws {
    if let failure { throw failure }
  }

  override func shareError(_ error: any Error) -> ShareError? {
    if error is Full { return .closed }
    return super.shareError(error)
  }

  override func unshareAll() throws -> UnshareReport {
    if let failure { throw failure }
    return UnshareReport()
  }
}

@Suite("Adapters of implementations in Swift")
struct SharingAdapterTests {
  private static let initialise = GuestCall.initialise(.standard, staticRange: nil)

  private static func system(
    on backend: Backend = .pkvm, _ configuration: Configuration = Configuration()
  ) throws -> Answering {
    let machine = Machine()
    machine.reset(configuration, backend)
    return try Answering(machine)
  }

  @Test("An error is the specification's, one that it is mapped to, or has no name")
  func errors() throws {
    let system = try Self.system()
    #expect(system.perform(Self.initialise) == .done)
    system.failure = ShareError.tooManyRegions
    #expect(system.perform(Self.initialise) == .failed(.tooManyRegions))
    system.failure = Answering.Full.full
    #expect(system.perform(Self.initialise) == .failed(.closed))
    system.failure = Answering.Odd()
    #expect(system.perform(Self.initialise) == .refused(255))
    system.failure = UnnamedFailure(.halted("enough"))
    #expect(system.perform(Self.initialise) == .halted("enough"))
  }

  @Test("A call that it lacks is skipped, one that it has and does not override halts")
  func missing() throws {
    let system = try Self.system()
    let address = PhysicalAddress(4096)
    #expect(system.perform(.deallocateShared(address, size: 1, alignment: 1)) == .skipped)
    #expect(
      system.perform(.dmaAlloc(pages: 1, .both)) == .halted("dmaAlloc is not implemented"))
    #expect(
      system.perform(.allocateShared(size: 1, alignment: 1))
        == .halted("allocateShared is not implemented"))
  }

  @Test("The heap is the machine's")
  func heap() throws {
    let system = try Self.system()
    let arena = system.machine.configuration.arena
    guard
      case .address(let address, nil) = system.perform(
        .heapAllocate(size: 16, alignment: 16, zeroed: true))
    else {
      Issue.record("nothing was served")
      return
    }
    #expect(arena.contains(address))
    #expect(system.perform(.heapDeallocate(address, size: 16, alignment: 16)) == .done)
    #expect(
      system.perform(.heapDeallocate(address, size: 16, alignment: 16))
        == .failed(.notAllocated(address)))
    #expect(
      system.perform(.heapAdd(start: arena.end.rawValue, size: 0))
        == .failed(.rangeIsEmpty(start: arena.end)))

    system.machine.heapFaults.beginCommand(refusingAllocation: 1)
    let layout = try Layout(size: 4096, alignment: 4096)
    #expect(throws: ShareError.exhausted(layout)) {
      try system.heap.regions.allocateZeroed(layout)
    }
  }

  @Test("The MMIO guard is the core's, where the hypervisor has one")
  func mmio() throws {
    let system = try Self.system()
    let page = try AddressRange(
      start: system.machine.configuration.deviceMemory.start, size: 4096)
    #expect(system.perform(.mapMMIO(page)) == .done)
    #expect(system.perform(.mapMMIO(page)) == .failed(.alreadyMapped(page.start)))
    #expect(system.perform(.unmapAllMMIO) == .unmapped(MMIOReport(unmapped: 1, stillMapped: 0)))

    let without = try Self.system(on: .gunyah)
    #expect(without.perform(.mapMMIO(page)) == .failed(.mmioGuardUnsupported))
    #expect(without.perform(.unmapAllMMIO) == .unmapped(MMIOReport(unmapped: 0, stillMapped: 0)))
  }

  @Test("A hypervisor that nobody knows is refused")
  func unknown() throws {
    var configuration = Configuration()
    configuration.disguise = .none
    #expect(throws: ShareError.self) { try Self.system(configuration) }
  }

  @Test("A drop takes everything back, and nothing is asked after it")
  func drop() throws {
    let system = try Self.system()
    system.failure = ShareError.closed
    #expect(system.perform(.drop) == .failed(.closed))
    #expect(system.perform(.drop) == .skipped)
    #expect(system.perform(Self.initialise) == .skipped)
  }

  @Test("Pages have a layout")
  func pages() throws {
    #expect(try Layout(pages: 3) == Layout(size: 12288, alignment: 4096))
    #expect(throws: ShareError.sizeIsZero) { try Layout(pages: 0) }
    #expect(throws: ShareError.sizeOverflows(1 << 52)) { try Layout(pages: 1 << 52) }
  }

  @Test("A rig asks for what its adapters have, and turns down what is beyond their limits")
  func rig() throws {
    var limits = MachineLimits()
    limits.granules = 4096
    let rig = Rig("answering", limits: limits) { try Answering($0) }
    #expect(rig.limits.calls == [.unshareAll, .dma, .heap, .mmio])
    #expect(!rig.limits.takesScantStorage)
    let machine = Machine()
    machine.reset(Configuration(), .pkvm)
    #expect(try rig.make(machine) != nil)
    var configuration = Configuration()
    configuration.granule = 65536
    machine.reset(configuration.normalised, .pkvm)
    #expect(try rig.make(machine) == nil)
  }

  @Test("What an adapter throws that is no error of the specification has no name")
  func odd() throws {
    let rig = Rig("odd") { _ -> Answering? in throw Answering.Odd() }
    let error = #expect(throws: UnnamedFailure.self) { try rig.make(Machine()) }
    #expect(error?.outcome == .refused(255))
  }
}
