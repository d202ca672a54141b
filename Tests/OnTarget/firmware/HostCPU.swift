import MemorySharing

/// The host's CPU, as the checks order it about.
struct HostCPU {
  private var ticket: UInt64 = 0

  struct Answer {
    /// Accesses that were aborted.
    var faults: UInt64
    var value: UInt64
  }

  /// Gives an order and does not wait.
  mutating func begin(_ order: UInt64, at address: UInt64 = 0, _ argument: UInt64 = 0) {
    ticket += 1
    w64(Mailbox.order, order)
    w64(Mailbox.address, address)
    w64(Mailbox.argument, argument)
    data_barrier()
    w64(Mailbox.ticket, ticket)
    data_barrier()
  }

  private func answer(to ticket: UInt64) -> Answer {
    let end = deadline(10_000_000)
    while r64(Mailbox.done) < ticket {
      if read_cntpct_el0() > end { fail("the host's CPU answers") }
      relax()
    }
    data_barrier()
    return Answer(faults: r64(Mailbox.faults), value: r64(Mailbox.value))
  }

  mutating func order(_ order: UInt64, at address: UInt64 = 0, _ argument: UInt64 = 0) -> Answer {
    begin(order, at: address, argument)
    return answer(to: ticket)
  }

  mutating func reads(_ address: UInt64) -> Answer { order(HostOrder.read, at: address) }

  mutating func writes(_ value: UInt64, at address: UInt64) -> Answer {
    order(HostOrder.write, at: address, value)
  }

  /// Waits until a host that watches has read twice more: what began before now is over then.
  func awaitAttempts() {
    let enough = r64(Mailbox.attempts) + 2
    let end = deadline(10_000_000)
    while r64(Mailbox.attempts) < enough {
      if read_cntpct_el0() > end { fail("the host's CPU watches") }
      relax()
    }
  }

  /// Ends a scribble or a flip.
  ///
  /// - Returns: the stores of all of them so far.
  mutating func stop() -> UInt64 { order(HostOrder.nothing).value }
}

/// The host's CPU reaches what is shared, and nothing else.
func checkHostCPU(_ host: inout HostCPU, _ manners: Manners, granule: UInt64) {
  let page = Place.secretPage
  fill(page, bytes: pageBytes, secret)
  check(host.reads(Mailbox.page).faults == 0, "the host's CPU reaches its mailbox")
  guard !manners.has(Manners.hidesNothing) else {
    check(host.reads(page).value == secret, "the host's CPU reaches all under plain KVM")
    return passed("the host's CPU reaches all, since nothing is protected")
  }
  // Besides: firmware, device tree, monitor, SMMU, fw_cfg, console, GIC and PCI's configuration.
  for forbidden in [
    page, Place.driver, 0x4020_0000, 0x4000_0000, 0x4E00_0000, 0x4FFF_F000, 0x0905_0000,
    0x0906_0000, 0x0902_0000, Console.page, 0x0800_0000, 0x3F00_0000,
  ] {
    let seen = host.reads(forbidden)
    check(
      seen.faults == 1 && seen.value != secret, "the host's CPU reads nothing that is not shared")
  }
  check(host.writes(7, at: page).faults == 1, "the host's CPU writes nothing that is not shared")
  check(r64(page) == secret, "what the host's CPU must not write stays")
  guard !manners.has(Manners.sharesNothing) else {
    return passed("the host's CPU reaches shared pages only")
  }
  check(shareByHand(page) == Answer.success, "a granule is shared with the host's CPU")
  let seen = host.reads(page)
  check(seen.faults == 0 && seen.value == secret, "the host's CPU reads what is shared")
  check(host.writes(7, at: page).faults == 0, "the host's CPU writes what is shared")
  check(r64(page) == 7, "what the host's CPU writes arrives")
  let last = page + granule - 8
  check(host.reads(last).faults == 0, "the host's CPU reads the last word of what is shared")
  check(unshareByHand(page) == Answer.success, "a granule is taken back from the host's CPU")
  for address in [page, last] {
    check(host.reads(address).faults == 1, "the host's CPU reads nothing after unshare")
  }
  check(host.writes(8, at: page).faults == 1, "the host's CPU writes nothing after unshare")
  check(r64(page) == 7, "what the host's CPU must not write after unshare stays")
  passed("the host's CPU reaches shared pages only, and loses them at unshare")
  checkWatching(&host)
}

/// A host that reads all the time while a granule is taken back never sees what is written after
/// that.
private func checkWatching(_ host: inout HostCPU) {
  let page = Place.secretPage
  for _ in 0..<50 {
    fill(page, bytes: 8, 0)
    check(shareByHand(page) == Answer.success, "a granule is shared with a host that watches")
    host.begin(HostOrder.watch, at: page, secret)
    host.awaitAttempts()
    check(unshareByHand(page) == Answer.success, "a granule is taken back from a host that watches")
    fill(page, bytes: 8, secret)
    host.awaitAttempts()
    _ = host.stop()
  }
  check(r64(Mailbox.sightings) == 0, "a host that watches does not see what is private again")
  let reads = r64(Mailbox.reads)
  check(
    reads > 0 && reads < r64(Mailbox.attempts), "a host that watches sees a granule come and go")
  passed(
    "the host's CPU reads while granules are taken back, and sees nothing that is written after")
}
