/// What judge and player say to each other: messages of 64-bit words, each behind a word with their
/// number. The judge asks, the player answers every message with one.
///
/// Compiled into both.
public enum Request {
  /// The machine is switched off and on: `Switching`'s words. Answers the events of the system's
  /// making, and 1, or 0 where no system can be made.
  public static var restart: UInt64 { 1 }
  /// The guest writes: address, bytes, byte.
  public static var fill: UInt64 { 2 }
  /// The host writes: address, bytes, byte. Answers 1 if it could.
  public static var hostFill: UInt64 { 3 }
  /// The host pins the granule at an address. Answers 1 if it could.
  public static var pin: UInt64 { 4 }
  public static var unpinAll: UInt64 { 5 }
  /// Every hypercall fails from now on: kind, value.
  public static var standingFault: UInt64 { 6 }
  /// The guest makes a call: `CallWords`. Answers events, heap, outcome and observation.
  public static var call: UInt64 { 7 }
  /// Memory must hold this: address, bytes, byte. Answers 0 with how much of it there is, or 1 with
  /// the address of the first other byte, and that.
  public static var expect: UInt64 { 8 }
  /// Address, bytes. Answers on how many of these pages the monitor's tables and its account of who
  /// owns what disagree.
  public static var audit: UInt64 { 9 }
  /// Answers how many pages are shared by the monitor's account.
  public static var sharedPages: UInt64 { 11 }
  /// A hypercall as it is, without a core: how it fails, with what value, x0 to x3. Answers x0 to
  /// x3, and the effect in three words.
  public static var hypercall: UInt64 { 10 }
  /// What the host must read there: address, bytes, byte. Answers 0, or 1 with the address of the
  /// first byte that is another, or that it does not reach.
  public static var hostExpect: UInt64 { 12 }
}

/// The words of a restart behind its first.
public enum Switching {
  /// `Manners`.
  public static var manners: Int { 0 }
  public static var granule: Int { 1 }
  public static var arenaStart: Int { 2 }
  public static var arenaSize: Int { 3 }
  public static var staticStart: Int { 4 }
  public static var staticSize: Int { 5 }
  public static var sharesBeforeBoot: Int { 6 }
  public static var isAndroid13: Int { 7 }
  public static var minimumBlock: Int { 8 }
  public static var poolOrders: Int { 9 }
  public static var heapOrders: Int { 10 }
  public static var virtualOffset: Int { 11 }
  // Storage for metadata, in bytes.
  public static var poolMetadata: Int { 12 }
  public static var heapMetadata: Int { 13 }
  public static var regionRecords: Int { 14 }
  public static var deviceRecords: Int { 15 }
  /// What the guest's memory map covers.
  public static var mapStart: Int { 16 }
  public static var mapSize: Int { 17 }
  /// Where the model has the driver's private memory, and how much of it belongs to each slot.
  public static var driverStart: Int { 18 }
  public static var driverPart: Int { 19 }
  /// What all memory holds at first.
  public static var firstByte: Int { 20 }
  public static var count: Int { 21 }
}

/// The words of a call behind its first: which hypercall fails (from 1, or 0), how, with what
/// value, which of the sharer's allocations the heap refuses (from 1, or 0), the call's code and
/// four numbers.
public enum CallWords {
  public static var faultPosition: Int { 0 }
  public static var faultKind: Int { 1 }
  public static var faultValue: Int { 2 }
  public static var failingAllocation: Int { 3 }
  public static var code: Int { 4 }
  public static var numbers: Int { 5 }
  public static var count: Int { 9 }
}

/// A call of the guest; behind the arrow its numbers.
public enum CallCode {
  /// → kind, whether there is a range, its start, its size
  public static var initialise: UInt64 { 1 }
  /// → size, alignment
  public static var allocateShared: UInt64 { 2 }
  /// → address, size, alignment
  public static var deallocateShared: UInt64 { 3 }
  /// → pages, direction
  public static var dmaAlloc: UInt64 { 4 }
  /// → address, pages
  public static var dmaDealloc: UInt64 { 5 }
  /// → buffer, its size, direction
  public static var share: UInt64 { 6 }
  /// → bounce, buffer, its size, direction
  public static var unshare: UInt64 { 7 }
  /// → size, alignment, whether zeroed
  public static var heapAllocate: UInt64 { 8 }
  /// → address, size, alignment
  public static var heapDeallocate: UInt64 { 9 }
  /// → start, size
  public static var mapMMIO: UInt64 { 10 }
  public static var unmapAllMMIO: UInt64 { 11 }
  public static var unshareAll: UInt64 { 12 }
  public static var drop: UInt64 { 13 }
}

/// How a pool is initialised, other than as the hypervisor wants it (0).
public enum InitialisationCode {
  public static var standard: UInt64 { 0 }
  public static var dynamic: UInt64 { 1 }
  public static var fixed: UInt64 { 2 }
  public static var heap: UInt64 { 3 }
}

/// Something that happened at a port; behind the arrow its words. `end` ends the list.
public enum EventCode {
  public static var end: UInt64 { 0 }
  /// → x0 to x3, the answer in x0, an `Effect` with its address and bytes
  public static var hypercall: UInt64 { 1 }
  /// → start, size
  public static var zeroed: UInt64 { 2 }
  /// → from, to, size
  public static var copied: UInt64 { 3 }
  /// → start, size, alignment
  public static var heapAllocated: UInt64 { 4 }
  public static var heapFreed: UInt64 { 5 }
  /// → start, size
  public static var abandoned: UInt64 { 6 }
  /// The guest wanted to touch memory that it does not have → start, size
  public static var strayed: UInt64 { 7 }
  /// → size, alignment, whether on purpose
  public static var heapRefused: UInt64 { 8 }
  /// → start, size
  public static var heapRefusedFree: UInt64 { 9 }
}

/// What a call answered: a code and four words.
public enum OutcomeCode {
  public static var skipped: UInt64 { 0 }
  public static var done: UInt64 { 1 }
  /// → physical, whether there is a virtual one, virtual
  public static var address: UInt64 { 2 }
  /// → unshared, quarantined, returned, kept
  public static var unshared: UInt64 { 3 }
  /// → unmapped, still mapped
  public static var unmapped: UInt64 { 4 }
  /// → the error's five words follow
  public static var failed: UInt64 { 5 }
}
