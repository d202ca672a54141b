/// The test's own calls to the monitor, in x0: what the truth is, and what shall go wrong. Nothing
/// of the core knows of them.
enum ControlCall {
  // The truth.

  /// → x1: granules that are shared now, x2: pages.
  static var sharedCount: UInt64 { 0xC600_FF10 }
  /// x1: which of them, ascending → x1: its address; x0 is not 0 behind the last.
  static var sharedGranule: UInt64 { 0xC600_FF11 }
  /// → x1: event, x2: address, x3: 1 for a read; x0 is not 0 where the SMMU has refused nothing
  /// more.
  static var nextRefusedDMA: UInt64 { 0xC600_FF12 }
  /// → x1: shares, x2: unshares, x3: refused calls.
  static var statistics: UInt64 { 0xC600_FF13 }
  /// x1: address, x2: bytes, or 0 for all RAM → x1: pages which host or device reach and should
  /// not, or do not and should; x2: how often the SMMU's queue of events overflowed.
  static var audit: UInt64 { 0xC600_FF14 }
  /// What the last call of the guest really did; x1: its address, near which a VMM looks
  /// → x1: an `Effect`, x2: address, x3: bytes.
  static var lastEffect: UInt64 { 0xC600_FF15 }
  /// What was shared before boot → x1: its address, x2: bytes; the guest need not take it back.
  static var sharedBeforeBoot: UInt64 { 0xC600_FF16 }
  /// → x1: pages of devices that are declared to the MMIO guard now.
  static var declaredCount: UInt64 { 0xC600_FF17 }

  // The machine.

  /// As it was when it was switched on, with x1: `Manners`, x2: the granule in bytes.
  static var restart: UInt64 { 0xC600_FF20 }
  /// Only ranges that were added count as RAM: x1: address, x2: bytes. At most four.
  static var addRAM: UInt64 { 0xC600_FF21 }
  /// x1: address, x2: bytes.
  static var shareBeforeBoot: UInt64 { 0xC600_FF22 }
  /// Ends the MMIO guard, for a guest OS that knows none.
  static var liftGuard: UInt64 { 0xC600_FF23 }

  // What goes wrong.

  /// Starts a command: x1: which of its calls fails, from 1, or 0; x2: a `FaultKind`; x3: its
  /// value.
  static var beginCommand: UInt64 { 0xC600_FF30 }
  /// Every call fails from now on: x2: a `FaultKind`, or 0; x3: its value.
  static var standingFault: UInt64 { 0xC600_FF31 }

  // The host, as it acts between two instructions of the guest.

  /// x1: an address in the granule → x0: 0 if the host could.
  static var pin: UInt64 { 0xC600_FF40 }
  static var unpinAll: UInt64 { 0xC600_FF41 }
  /// Writes x3, a byte, all over x1: address, x2: bytes → x0: 0 if the host reaches all of it.
  static var hostFill: UInt64 { 0xC600_FF42 }
  /// Whether the host reads x3, a byte, all over x1: address, x2: bytes → x0: 0 if so, x1: the
  /// first address where it does not. Of a VMM.
  static var hostExpect: UInt64 { 0xC600_FF46 }
  /// At each call of the guest from now on the host attacks; x1: a seed, or 0 to end that; x2:
  /// address, x3: bytes of what it overwrites, as far as it reaches it → x1: stores so far.
  static var attackAtCalls: UInt64 { 0xC600_FF43 }
  /// Lets that host make its move now: what a driver calls while it waits.
  static var pause: UInt64 { 0xC600_FF44 }
  /// After each instruction of the guest from now on the host stores one of two words; x1: address
  /// of a word of 32 bits, or 0 to end that; x2: the words, one above the other; x3: a seed → x1:
  /// instructions since it began.
  static var flipAtSteps: UInt64 { 0xC600_FF45 }
}

/// What a hypercall changed.
enum Effect {
  static var none: UInt64 { 0 }
  static var becameShared: UInt64 { 1 }
  static var becamePrivate: UInt64 { 2 }
  static var mmioMapped: UInt64 { 3 }
  static var mmioUnmapped: UInt64 { 4 }
  static var neverAnswers: UInt64 { 5 }
  /// The bits of the kind; those above say more about it.
  static var kinds: UInt64 { 0xFF }
  /// Set where the call was made to fail.
  static var faulted: UInt64 { 1 << 8 }
  /// Set where memory held nothing but zeros when it became shared.
  static var heldZeros: UInt64 { 1 << 9 }
}

enum FaultKind {
  static var none: UInt64 { 0 }
  static var fails: UInt64 { 1 }
  static var failsButTakesEffect: UInt64 { 2 }
  static var answersGarbage: UInt64 { 3 }
}

/// Answers in x0.
enum Answer {
  static var success: UInt64 { 0 }
  static var notSupported: UInt64 { UInt64(bitPattern: -1) }
  static var invalidParameter: UInt64 { UInt64(bitPattern: -3) }
}

/// The unit of translation, in bytes. A granule is one page or several.
var pageBytes: UInt64 { 4096 }
