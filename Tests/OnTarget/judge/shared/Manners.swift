/// The manners of one hypervisor, in one word.
struct Manners {
  var word: UInt64

  // Bits 0 and 1: whose UUID.
  static var kvm: UInt64 { 0 }
  static var gunyah: UInt64 { 1 }
  static var genieZone: UInt64 { 2 }
  static var noUUID: UInt64 { 3 }
  // Flags.
  static var sharesNothing: UInt64 { 1 << 2 }
  static var guardsNothing: UInt64 { 1 << 3 }
  static var refusesUnaligned: UInt64 { 1 << 4 }
  static var sharesSeveral: UInt64 { 1 << 5 }
  static var answersLikeAndroid13: UInt64 { 1 << 6 }
  /// Host and device reach all of the guest's RAM; only from boot on.
  static var hidesNothing: UInt64 { 1 << 7 }
  /// A SHARE of an address without memory is never answered.
  static var waitsForMemory: UInt64 { 1 << 8 }
  // Bits 16 to 31: how many granules one call does at most.
  static var batchShift: UInt64 { 16 }

  var uuid: UInt64 { word & 3 }
  var batchLimit: UInt64 { word >> Self.batchShift & 0xFFFF }
  func has(_ flag: UInt64) -> Bool { word & flag != 0 }
}

extension Manners {
}
