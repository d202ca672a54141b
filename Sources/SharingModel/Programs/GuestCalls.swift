/// Kinds of call of the guest: those that a system has.
public struct GuestCalls: OptionSet, Hashable, Codable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `dmaAlloc` and `dmaDealloc`.
  public static var dma: GuestCalls { GuestCalls(rawValue: 1) }
  /// `share` and `unshare`.
  public static var bounces: GuestCalls { GuestCalls(rawValue: 2) }
  public static var deallocateShared: GuestCalls { GuestCalls(rawValue: 4) }
  public static var unshareAll: GuestCalls { GuestCalls(rawValue: 8) }
  public static var heapAllocate: GuestCalls { GuestCalls(rawValue: 16) }
  public static var heapDeallocate: GuestCalls { GuestCalls(rawValue: 32) }
  public static var heapAdd: GuestCalls { GuestCalls(rawValue: 64) }
  /// `mapMMIO` and `unmapAllMMIO`.
  public static var mmio: GuestCalls { GuestCalls(rawValue: 128) }

  /// An init with a memory map in which no region more can be tracked.
  public static var crowdedInit: GuestCalls { GuestCalls(rawValue: 256) }

  public static var all: GuestCalls { GuestCalls(rawValue: 511) }

  /// All calls of the heap.
  public static var heap: GuestCalls { [.heapAllocate, .heapDeallocate, .heapAdd] }

  /// Whether a call is among them, or is one that every system has.
  public func has(_ call: GuestCall) -> Bool { GuestCalls(neededFor: call).isSubset(of: self) }

  /// What a system must have that is asked for this; none for what each of them has.
  private init(neededFor call: GuestCall) {
    switch call {
    case .initialise(.crowdedMap, _): self = .crowdedInit
    case .detect, .drop, .initialise, .allocateShared: self = []
    case .deallocateShared: self = .deallocateShared
    case .dmaAlloc, .dmaDealloc: self = .dma
    case .share, .unshare: self = .bounces
    case .heapAllocate: self = .heapAllocate
    case .heapDeallocate: self = .heapDeallocate
    case .heapAdd: self = .heapAdd
    case .mapMMIO, .unmapAllMMIO: self = .mmio
    case .unshareAll: self = .unshareAll
    }
  }
}
