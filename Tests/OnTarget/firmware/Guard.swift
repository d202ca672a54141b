import MemorySharing

/// The MMIO guard, where the hypervisor has one: what the guest reaches of the devices.
struct Guard: ~Copyable {
  /// Nil where everything is reachable from the start.
  private var mmio: MMIOGuard<Hypervisor>?

  /// Enrols and declares the console at once, for nothing can be said before that.
  init(_ hypervisor: Hypervisor, _ manners: Manners) {
    guard !manners.has(Manners.guardsNothing) else {
      mmio = nil
      return
    }
    do throws(ShareError) {
      mmio = try MMIOGuard(hypervisor: hypervisor, records: .allocate(capacity: 8))
      try mmio?.map(Self.range(Console.page..<Console.page + pageBytes))
    } catch {
      // Nobody would hear.
      leave(1)
    }
  }

  var isThere: Bool { mmio != nil }

  /// Declares a device of several pages, whose first word is out of reach until then.
  mutating func map(_ range: Range<UInt64>, _ what: StaticString) {
    guard isThere else { return }
    check(faults(at: range.lowerBound), what)
    // The second MAP fails: the first one has to be undone.
    Truth.failCall(2)
    check(isRefused(range), "a device is declared whole or not at all")
    Truth.failCall(0)
    check(faults(at: range.lowerBound), "a device that was declared in part is withdrawn")
    do throws(ShareError) {
      try mmio?.map(Self.range(range))
    } catch {
      fail("a device can be declared", error)
    }
    check(!faults(at: range.lowerBound), "a device that was declared can be reached")
  }

  private mutating func isRefused(_ range: Range<UInt64>) -> Bool {
    do throws(ShareError) {
      try mmio?.map(Self.range(range))
      return false
    } catch {
      return true
    }
  }

  /// Withdraws everything, the console last.
  ///
  /// - Returns: granules that stay declared.
  mutating func unmapAll() -> UInt64 { mmio?.unmapAll().stillMapped ?? 0 }

  private static func range(_ range: Range<UInt64>) throws(ShareError) -> AddressRange {
    try AddressRange(
      start: PhysicalAddress(range.lowerBound), size: range.upperBound - range.lowerBound)
  }
}
