import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A system with one thing deliberately wrong, and a short program that brings it out: how an
/// invariant is seen to fail.
struct Saboteur: Sendable, CustomStringConvertible {
  /// The invariant that must see it.
  let id: String
  /// What it does wrong, in a few words.
  let deed: String
  let backend: Backend
  /// What it promises and shows: no more than the deed is about, so that one invariant stands out.
  let shown: Capabilities
  let program: Program
  /// Invariants that no system with this deed can keep either, which the verdict names, too.
  let beside: [String]
  private let tamper: @Sendable (GuestCall, Sabotage) -> Outcome
  private let look: @Sendable (inout Observation) -> Void
  /// What it makes of the error with which the core refuses a machine.
  private let refuse: @Sendable (ShareError) -> ShareError

  init(
    _ id: String, _ deed: String, on backend: Backend = .pkvm, shown: Capabilities = .contract,
    beside: [String] = [], machine: Configuration = Configuration(), _ steps: [Step],
    tamper: @escaping @Sendable (GuestCall, Sabotage) -> Outcome = { $1.honest($0) },
    look: @escaping @Sendable (inout Observation) -> Void = { _ in },
    refuse: @escaping @Sendable (ShareError) -> ShareError = { $0 }
  ) {
    self.id = id
    self.deed = deed
    self.backend = backend
    self.shown = shown
    self.beside = beside
    self.program = Program(configuration: machine, steps: steps)
    self.tamper = tamper
    self.look = look
    self.refuse = refuse
  }

  var description: String { "\(id): \(deed)" }

  var rig: Rig {
    Rig(id: "saboteur", shown: shown) { machine in
      do throws(ShareError) {
        return Sabotage(try CoreSystem(machine), machine, tamper: tamper, look: look)
      } catch {
        throw refuse(error)
      }
    }
  }
}

/// The core, with a hand on its calls, on what it shows, and on the machine's ports.
final class Sabotage: SharingSystem {
  let machine: Machine
  /// What the saboteur wants to remember from one call to the next.
  var kept: [PhysicalAddress] = []
  private let core: CoreSystem
  private let tamper: (GuestCall, Sabotage) -> Outcome
  private let look: (inout Observation) -> Void

  init(
    _ core: CoreSystem, _ machine: Machine, tamper: @escaping (GuestCall, Sabotage) -> Outcome,
    look: @escaping (inout Observation) -> Void = { _ in }
  ) {
    self.core = core
    self.machine = machine
    self.tamper = tamper
    self.look = look
  }

  func perform(_ call: GuestCall) -> Outcome { tamper(call, self) }

  func observe(into observation: inout Observation) {
    core.observe(into: &observation)
    look(&observation)
  }

  /// What the core answers.
  func honest(_ call: GuestCall) -> Outcome { core.perform(call) }

  /// The core's answer, and then a deed if it was a buffer.
  func honest(_ call: GuestCall, then deed: (PhysicalAddress) -> Void) -> Outcome {
    let outcome = core.perform(call)
    if let address = outcome.madeAddress { deed(address) }
    return outcome
  }

  /// A hypercall behind the core's back; it really happens.
  @discardableResult
  func hypercall(_ function: HypercallFunction, _ address: UInt64 = 0) -> UInt64 {
    machine.monitor.call(HypercallRegisters(calling: function, at: address)).x0
  }

  /// Has everybody believe that a region went back to the heap.
  func reportReturn(of region: AddressRange) {
    machine.events.send(.heapFreed(region, alignment: region.size))
  }

  /// Has everybody believe that the heap gave this region to the sharer, zeroed.
  func reportTaking(of region: AddressRange, alignment: UInt64? = nil) {
    machine.memory.zero(region)
    machine.events.send(.heapAllocated(region, alignment: alignment ?? region.size))
  }

  /// A run of granules at the start of the arena, where the first region of a program lies.
  func firstGranules(_ count: UInt64) -> AddressRange {
    AddressRange(
      uncheckedStart: machine.configuration.arena.start.rawValue, size: count * granule)
  }

  var granule: UInt64 { machine.configuration.granule }

  /// The granule in which an address lies.
  func granule(of address: PhysicalAddress) -> AddressRange {
    AddressRange(uncheckedStart: address.rawValue & ~(granule - 1), size: granule)
  }

  /// The last granule of the arena: the heap's, far from any region of a short program.
  var privateGranule: AddressRange {
    granule(of: PhysicalAddress(machine.configuration.arena.end.rawValue - 1))
  }
}

extension AddressRange {
  /// The bytes from an address on.
  static func bytes(_ count: UInt64, from address: PhysicalAddress, plus offset: UInt64 = 0)
    -> AddressRange
  {
    AddressRange(uncheckedStart: address.rawValue &+ offset, size: count)
  }
}

extension Outcome {
  /// The failure of a SHARE.
  static func failedShare(at address: UInt64) -> Outcome {
    .failed(
      .hypercallFailed(
        function: HypercallFunction.memShare.rawValue, address: address, answer: -3))
  }

  var madeAddress: PhysicalAddress? {
    if case .address(let address, _) = self { return address }
    return nil
  }
}

// Machines and steps as short as they can be written.

extension Configuration {
  static func with(_ change: (inout Configuration) -> Void) -> Configuration {
    var result = Configuration()
    change(&result)
    return result
  }
  static var firstFit: Configuration { with { $0.heapRule = .firstFit } }
  /// A machine whose guest sees its memory elsewhere than where it lies.
  static var offset: Configuration { with { $0.virtualOffset = 0x10000 } }
}

extension Slot {
  static var a: Slot { Slot(0) }
  static var b: Slot { Slot(1) }
  static var c: Slot { Slot(2) }
  static var d: Slot { Slot(3) }
}

extension Step {
  static func allocate(_ slot: Slot, _ size: UInt64 = 16, aligned alignment: UInt64 = 1) -> Step {
    Step(.allocate(slot, size: size, alignment: alignment))
  }
  static func heapAllocate(_ slot: Slot, _ size: UInt64 = 16, zeroed: Bool = false) -> Step {
    Step(.heapAllocate(slot, size: size, alignment: 1, zeroed: zeroed))
  }
  static func free(_ slot: Slot, _ way: Freeing = .asAllocated) -> Step {
    Step(.free(slot, way))
  }
  static func dmaAlloc(_ slot: Slot) -> Step { Step(.dmaAlloc(slot, pages: 1, .both)) }
  static func share(_ slot: Slot, _ direction: BufferDirection, size: UInt64 = 16) -> Step {
    Step(.share(slot, size: size, direction))
  }
  static func write(_ slot: Slot) -> Step { Step(.write(slot)) }
  static func pin(_ slot: Slot) -> Step { Step(.pin(slot)) }
  static var unshareAll: Step { Step(.unshareAll) }
  static var scribble: Step { Step(.scribble) }
  static func standingFault(_ mode: FaultMode?) -> Step { Step(.standingFault(mode)) }
  static func mapMMIO(_ page: UInt64, pages: UInt64 = 1) -> Step {
    Step(.mapMMIO(page: page, pages: pages, .whole))
  }
  static var unmapAllMMIO: Step { Step(.unmapAllMMIO) }
  static func initialise(_ kind: Initialisation) -> Step { Step(.initialise(kind)) }
}
