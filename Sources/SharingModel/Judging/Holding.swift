import MemorySharing
import SimulatedHypervisors

/// What a command has put into a slot.
public struct Holding: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case shared
    case dma(pages: UInt64)
    case bounce(GuestBuffer, BufferDirection)
    case heap
  }

  public let kind: Kind
  public let address: PhysicalAddress
  /// What was asked for, in bytes.
  public let size: UInt64
  public let alignment: UInt64
  /// Bytes of the block that serves it.
  public let block: UInt64

  public init(
    kind: Kind, address: PhysicalAddress, size: UInt64, alignment: UInt64, block: UInt64
  ) {
    self.kind = kind
    self.address = address
    self.size = size
    self.alignment = alignment
    self.block = block
  }

  public var isHeap: Bool { kind == .heap }

  /// The bytes that were asked for, as far as 64 bits go.
  public var bytes: AddressRange { Self.range(address, size) }
  /// The bytes of the block, as far as 64 bits go.
  public var blockBytes: AddressRange { Self.range(address, max(block, size)) }

  private static func range(_ address: PhysicalAddress, _ size: UInt64) -> AddressRange {
    let room = UInt64.max - address.rawValue
    return AddressRange(uncheckedStart: address.rawValue, size: max(min(size, room), 1))
  }
}
