import MemorySharing
import SimulatedHypervisors

/// The arguments of one command: a member for each kind of argument, of which a command uses some.
///
/// A ``CommandForm`` turns a command into these values and back, so that whatever interprets the
/// table of commands needs no case for any of them.
public struct ArgumentValues: Equatable, Sendable {
  public var slot = Slot(0)
  /// Bytes.
  public var size: UInt64 = 0
  /// Bytes.
  public var alignment: UInt64 = 1
  /// Of 4096 bytes, for DMA.
  public var pages: UInt64 = 0
  /// The first MMIO page, and how many.
  public var mmioPage: UInt64 = 0
  public var mmioPages: UInt64 = 0
  public var mmioWindow = MMIOWindow.whole
  public var addedRange = AddedRange.rest
  public var isZeroed = false
  public var isAtTop = false
  public var direction = BufferDirection.driverToDevice
  public var freeing = Freeing.asAllocated
  public var initialisation = Initialisation.standard
  public var mode: FaultMode?

  public init() {}
}
