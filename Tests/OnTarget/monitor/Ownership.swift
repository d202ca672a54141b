/// Whose each page is: the truth of a run. What the host and the device reach follows it.
struct Ownership {
  private enum Page {
    static var shared: UInt8 { 1 }
    static var pinned: UInt8 { 2 }
  }

  /// All of the guest's RAM.
  private let all: Range<UInt64>
  /// What counts as RAM in this run.
  private var ram: [Range<UInt64>]
  private let pages: UnsafeMutablePointer<UInt8>
  private let host: Stage2
  private var smmu: Smmu?
  private let defect: Defect
  private(set) var sharedPages: UInt64 = 0
  /// What the host had shared when the guest came to be, which is the host's to end.
  private(set) var sharedBeforeBoot: Range<UInt64> = 0..<0
  /// Whether host and device reach all RAM, shared or not.
  private var isOpen = false

  init(
    _ machine: Machine, host: Stage2, smmu: Smmu?, defect: Defect, _ pool: inout PageAllocator
  ) {
    all = machine.guestRAM
    ram = [all]
    let count = (all.upperBound - all.lowerBound) / pageBytes
    let storage = pool.take(pages: (count + pageBytes - 1) / pageBytes)
    pages = UnsafeMutablePointer(bitPattern: UInt(storage)).unsafelyUnwrapped
    self.host = host
    self.smmu = smmu
    self.defect = defect
  }

  private func number(_ address: UInt64) -> Int { Int((address - all.lowerBound) / pageBytes) }

  private func address(_ number: Int) -> UInt64 { all.lowerBound + UInt64(number) * pageBytes }

  /// Lets host and device reach everything, as under a hypervisor that protects nothing.
  mutating func open(_ pool: inout PageAllocator) {
    isOpen = true
    host.table.map(all, &pool)
    smmu?.map(all, &pool)
  }

  mutating func shareBeforeBoot(_ range: Range<UInt64>, _ pool: inout PageAllocator) {
    share(range, &pool)
    sharedBeforeBoot = range
  }

  /// What a guest has to take back before it hands over.
  var pagesSharedByGuest: UInt64 {
    sharedPages - (sharedBeforeBoot.upperBound - sharedBeforeBoot.lowerBound) / pageBytes
  }

  /// Takes everything back, and lets all RAM count again.
  mutating func restart(_ pool: inout PageAllocator) {
    ram = [all]
    sharedBeforeBoot = 0..<0
    guard sharedPages > 0 else { return }
    let count = number(all.upperBound)
    for number in 0..<count where pages[number] & Page.shared != 0 {
      unshare(address(number)..<address(number) + pageBytes)
    }
  }

  mutating func restrict(to range: Range<UInt64>) {
    if ram.count == 1, ram[0] == all { ram.removeAll() }
    ram.append(range)
  }

  func isRAM(_ range: Range<UInt64>) -> Bool {
    for ram in ram
    where ram.lowerBound <= range.lowerBound && range.upperBound <= ram.upperBound { return true }
    return false
  }

  /// Whether all pages of a range in RAM are shared.
  func isShared(_ range: Range<UInt64>) -> Bool { every(range, is: Page.shared) }

  /// Whether no page of a range in RAM is.
  func isPrivate(_ range: Range<UInt64>) -> Bool { none(range, is: Page.shared) }

  func isFree(_ range: Range<UInt64>) -> Bool { none(range, is: Page.pinned) }

  /// Whether the host reaches all pages that a range touches; it need not lie in RAM.
  func reachesAll(_ range: Range<UInt64>) -> Bool {
    all.lowerBound <= range.lowerBound && range.upperBound <= all.upperBound
      && (isOpen || isShared(range))
  }

  private func every(_ range: Range<UInt64>, is bit: UInt8) -> Bool {
    var at = range.lowerBound
    while at < range.upperBound {
      if pages[number(at)] & bit == 0 { return false }
      at += pageBytes
    }
    return true
  }

  private func none(_ range: Range<UInt64>, is bit: UInt8) -> Bool {
    var at = range.lowerBound
    while at < range.upperBound {
      if pages[number(at)] & bit != 0 { return false }
      at += pageBytes
    }
    return true
  }

  mutating func share(_ range: Range<UInt64>, _ pool: inout PageAllocator) {
    var page = range.lowerBound
    while page < range.upperBound {
      if pages[number(page)] & Page.shared == 0 { sharedPages += 1 }
      pages[number(page)] = Page.shared
      host.table.map(page, &pool)
      smmu?.map(page, &pool)
      page += pageBytes
    }
  }

  private var forgetting: Stage2.Forgetting {
    switch defect {
    case .staleHostTranslations: .never
    case .forgetsTooSoon: .tooSoon
    default: .afterwards
    }
  }

  mutating func unshare(_ range: Range<UInt64>) {
    var page = range.lowerBound
    while page < range.upperBound {
      pages[number(page)] = 0
      sharedPages -= 1
      if defect != .keepsMapped, defect != .silentlyKeepsMapped {
        host.unmap(page, forgetting: forgetting)
        smmu?.unmap(page)
      }
      page += pageBytes
    }
  }

  /// Pins shared memory for DMA.
  func pin(_ range: Range<UInt64>) {
    var page = range.lowerBound
    while page < range.upperBound {
      pages[number(page)] |= Page.pinned
      page += pageBytes
    }
  }

  func unpinAll() {
    for number in 0..<number(all.upperBound) { pages[number] &= ~Page.pinned }
  }

  /// The n-th granule that is shared, or a page of it, ascending.
  func sharedGranule(_ n: UInt64, granule: UInt64) -> UInt64? {
    var left = n
    var at = all.lowerBound
    while at < all.upperBound {
      if !isPrivate(at..<at + granule) {
        if left == 0 { return at }
        left -= 1
      }
      at += granule
    }
    return nil
  }

  /// Pages that host or device reach and should not, or do not and should. Defects that are called
  /// silent are not seen here, so that a real access has to find them.
  ///
  /// - Parameter range: whole pages of RAM; all of it without one.
  func mismatches(in range: Range<UInt64>? = nil) -> UInt64 {
    if defect == .silentlyKeepsMapped || defect == .silentlyHostSeesAll { return 0 }
    var wrong: UInt64 = 0
    let range = range ?? all
    for number in number(range.lowerBound)..<number(range.upperBound) {
      let isShared = isOpen || pages[number] & Page.shared != 0
      if host.table.maps(address(number)) != isShared { wrong += 1 }
      if let smmu, smmu.maps(address(number)) != isShared { wrong += 1 }
    }
    return wrong
  }

  mutating func nextRefusedDMA() -> Smmu.RefusedDMA? { smmu?.nextRefusedDMA() }

  var eventOverflows: UInt64 { smmu?.overflows ?? 0 }
}
