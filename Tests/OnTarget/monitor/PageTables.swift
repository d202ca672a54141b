// Translation tables: three levels, pages of 4 KiB, 39 bits.

/// Hands out zeroed pages from the image's table area; nothing is given back.
struct PageAllocator {
  private var next = address_of__tables_start()

  mutating func take(pages: UInt64 = 1, alignment: UInt64 = pageBytes) -> UInt64 {
    let start = (next + alignment - 1) & ~(alignment - 1)
    next = start + pages * pageBytes
    if next > address_of__tables_end() { die("monitor: out of table pages\n") }
    var at = start
    while at < next {
      w64(at, 0)
      at += 8
    }
    return start
  }
}

enum Descriptor {
  static var isValid: UInt64 { 1 }
  static var tableOrPage: UInt64 { 3 }
  static var block: UInt64 { 1 }
  static var address: UInt64 { 0x0000_FFFF_FFFF_F000 }
  private static var accessed: UInt64 { 1 << 10 }
  private static var innerShareable: UInt64 { 3 << 8 }
  /// Stage 2: read, write, write-back memory.
  static var stage2Memory: UInt64 { accessed | innerShareable | 3 << 6 | 15 << 2 }
  /// Stage 2: read, write, device memory, never executed.
  static var stage2Device: UInt64 { accessed | 3 << 6 | 1 << 2 | 2 << 53 }
  /// Stage 1 of a device: read, write, the first memory attribute.
  static var stage1Memory: UInt64 { accessed | innerShareable | 1 << 6 }
}

/// One translation, identity where it maps.
struct TranslationTable {
  let root: UInt64
  /// What the leaves say besides the address.
  let attributes: UInt64

  init(_ pool: inout PageAllocator, attributes: UInt64) {
    root = pool.take()
    self.attributes = attributes
  }

  private func index(_ address: UInt64, _ shift: UInt64) -> UInt64 { (address >> shift & 511) * 8 }

  /// Where the entry of a block of 1 << shift bytes is, tables above it made where they are
  /// missing.
  func slot(_ address: UInt64, shift: UInt64 = 12, _ pool: inout PageAllocator) -> UInt64 {
    var table = root
    var at: UInt64 = 30
    while at > shift {
      let entry = table + index(address, at)
      if r64(entry) & Descriptor.isValid == 0 { w64(entry, pool.take() | Descriptor.tableOrPage) }
      table = r64(entry) & Descriptor.address
      at -= 9
    }
    return table + index(address, shift)
  }

  /// Where the entry that maps a page, or does not, is; a block's entry maps all its pages.
  private func entry(of page: UInt64) -> UInt64 {
    var table = root
    var shift: UInt64 = 30
    while true {
      let slot = table + index(page, shift)
      if shift == 12 || r64(slot) & 3 != Descriptor.tableOrPage { return slot }
      table = r64(slot) & Descriptor.address
      shift -= 9
    }
  }

  func map(_ page: UInt64, _ pool: inout PageAllocator) {
    w64(slot(page, &pool), page | attributes | Descriptor.tableOrPage)
    data_barrier()
  }

  /// Maps a range of whole pages with as few entries as possible.
  func map(_ range: Range<UInt64>, _ pool: inout PageAllocator) {
    let large: UInt64 = 1 << 21
    var at = range.lowerBound
    while at < range.upperBound {
      if at % large == 0, range.upperBound - at >= large {
        w64(slot(at, shift: 21, &pool), at | attributes | Descriptor.block)
        at += large
      } else {
        map(at, &pool)
        at += pageBytes
      }
    }
  }

  /// The same, so that single pages can be unmapped later.
  func mapPages(_ range: Range<UInt64>, _ pool: inout PageAllocator) {
    var at = range.lowerBound
    while at < range.upperBound {
      map(at, &pool)
      at += pageBytes
    }
  }

  /// Ends a page's mapping, if it has one; what CPUs or devices remember of it is the caller's to
  /// clear.
  func unmap(_ page: UInt64) {
    w64(entry(of: page), 0)
    data_barrier()
  }

  func maps(_ page: UInt64) -> Bool { r64(entry(of: page)) & Descriptor.isValid != 0 }
}

/// What a CPU's EL1 reaches.
struct Stage2 {
  let table: TranslationTable
  private let identifier: UInt64

  /// - Parameter identifier: the VMID.
  init(_ table: TranslationTable, identifier: UInt64) {
    self.table = table
    self.identifier = identifier
  }

  private var base: UInt64 { table.root | identifier << 48 }

  /// When CPUs forget what they remember of a page; only the first is right.
  enum Forgetting { case afterwards, tooSoon, never }

  /// Ends a page's mapping, on all CPUs.
  func unmap(_ page: UInt64, forgetting: Forgetting = .afterwards) {
    if forgetting == .tooSoon {
      forget_page(base, page)
      Self.awaitWatcher()
    }
    table.unmap(page)
    if forgetting == .afterwards { forget_page(base, page) }
  }

  /// Has a defect show: waits until a host that watches has come back and remembered.
  private static func awaitWatcher() {
    guard r64(Mailbox.order) == HostOrder.watch else { return }
    let enough = r64(Mailbox.attempts) + 2
    for _ in 0..<100_000 where r64(Mailbox.attempts) < enough { relax() }
  }

  /// Makes this the translation of the CPU that calls.
  func use() {
    data_barrier()
    write_vttbr_el2(base)
    forget_translations()
  }

  /// Turns stage 2 on, on the CPU that calls.
  ///
  /// - Parameter trapsSMC: without that EL1 could have QEMU's PSCI start a CPU at EL2.
  func enable(trapsSMC: Bool) {
    // VTCR: 40-bit addresses, start at level 1, 39 bits, write-back, inner shareable.
    write_vtcr_el2(1 << 31 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 1 << 6 | 25)
    // HCR: EL1 is AArch64, pointer authentication is its own, SMC traps, stage 2 is on.
    write_hcr_el2(1 << 31 | 3 << 40 | (trapsSMC ? 1 << 19 : 0) | 1)
    use()
  }
}
