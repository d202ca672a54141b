import MemorySharing
import SharingHarness
import SharingModel

/// A system whose calls go through somebody else's hands first.
final class Wrapped: SharingSystem {
  private let system: any SharingSystem
  private let handle: (GuestCall, any SharingSystem) -> Outcome

  init(
    _ system: any SharingSystem,
    handle: @escaping (_ call: GuestCall, _ system: any SharingSystem) -> Outcome
  ) {
    self.system = system
    self.handle = handle
  }

  /// Wraps the core; nil where it cannot run.
  convenience init?(
    coreOn machine: Machine,
    handle: @escaping (_ call: GuestCall, _ core: any SharingSystem) -> Outcome
  ) throws {
    guard let core = try Rig.core.make(machine) else { return nil }
    self.init(core, handle: handle)
  }

  /// The core with an allocator that may serve a block twice.
  ///
  /// The HAL writes into what it gets, so a buffer would be seen to change before it is seen to
  /// have two owners. Here such a block is handed out as it is.
  convenience init?(coreOn machine: Machine, doublyServedBy blocks: TextbookBlocks) throws {
    let core = try CoreSystem(machine, poolBlocks: blocks)
    self.init(core) { call, core in
      let (size, alignment): (UInt64, UInt64)
      switch call {
      case .dmaAlloc(let pages, _) where pages < 1 << 52: (size, alignment) = (pages * 4096, 4096)
      case .share(let buffer, _): (size, alignment) = (buffer.size, 16)
      default: return core.perform(call)
      }
      let outcome = core.perform(.allocateShared(size: size, alignment: alignment))
      guard case .address(let address, _) = outcome, !blocks.isServedTwice(address) else {
        return outcome
      }
      _ = core.perform(.deallocateShared(address, size: size, alignment: alignment))
      return core.perform(call)
    }
  }

  func perform(_ call: GuestCall) -> Outcome { handle(call, system) }

  func observe(into observation: inout Observation) { system.observe(into: &observation) }
}
