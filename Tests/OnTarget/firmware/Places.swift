// Where in the guest's RAM the checks play; all of it lies outside the images.

enum Place {
  /// All of it, as far as the host's image.
  static var ram: Range<UInt64> { 0x4000_0000..<0x4D00_0000 }
  /// A granule for hypercalls that no pool makes.
  static var granule: UInt64 { 0x4800_0000 }
  /// The clock, a device that nobody uses.
  static var clock: UInt64 { 0x0901_0000 }
  /// 512 granules of any size that nobody uses, with more RAM behind them.
  static var many: UInt64 { 0x4600_0000 }
  /// A page that is never shared, with a secret or a canary in it.
  static var neverShared: UInt64 { 0x4810_0000 }
  /// A granule that is shared for a while.
  static var sharedOnce: UInt64 { 0x4820_0000 }
  /// A page with a secret for the host's CPU to look for.
  static var secretPage: UInt64 { 0x4830_0000 }
  /// The driver's own private memory.
  static var driver: UInt64 { 0x4840_0000 }
  /// A private sector of the driver's user, with canaries all around.
  static var sector: UInt64 { 0x4841_4000 }

  /// A heap of its own for each pool, in bytes.
  static var arenaBytes: UInt64 { 0x40_0000 }

  static func arena(_ number: UInt64) -> Range<UInt64> {
    let start = 0x4900_0000 + number * arenaBytes
    return start..<start + arenaBytes
  }

  /// Addresses that are no RAM of the guest's: the host's, the monitor's, the end of RAM, the
  /// console, nothing, and far away.
  static var foreign: [UInt64] {
    [0x4D00_0000, 0x4E00_0000, 0x5000_0000, Console.page, 0, 1 << 60, 1 &<< 63]
  }
}

/// Fills a run of whole words.
func fill(_ address: UInt64, bytes: UInt64, _ pattern: UInt64) {
  var at = address
  while at < address + bytes {
    w64(at, pattern)
    at += 8
  }
}

func isFilled(_ address: UInt64, bytes: UInt64, _ pattern: UInt64) -> Bool {
  var at = address
  while at < address + bytes {
    if r64(at) != pattern { return false }
    at += 8
  }
  return true
}

/// What stands where nobody else may write.
var canary: UInt64 { 0xA5A5_A5A5_A5A5_A5A5 }
/// What nobody else may read.
var secret: UInt64 { 0x5EC2_E75E_C2E7_5EC2 }
