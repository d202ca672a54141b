// The host's CPU, as hostile as it is ordered to be. What it can touch is the monitor's to decide.

@c(host_main) public func hostMain() {
  var random: UInt64 = 88_172_645_463_325_252
  var done: UInt64 = 0
  var stores: UInt64 = 0
  while true {
    let ticket = load(Mailbox.ticket)
    if ticket.hasFaulted || ticket.value == done { continue }
    let address = r64(Mailbox.address)
    let argument = r64(Mailbox.argument)
    let before = aborts()
    var value: UInt64 = 0
    switch r64(Mailbox.order) {
    case HostOrder.read: value = load(address).value
    case HostOrder.write:
      w64(address, argument)
      data_barrier()
    case HostOrder.scribble:
      while isCurrent(ticket.value) {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        w16(address + random % argument & ~1, UInt16(truncatingIfNeeded: random >> 40))
        stores += 1
      }
    case HostOrder.flip:
      let good = r32(address)
      while isCurrent(ticket.value) {
        w32(address, UInt32(truncatingIfNeeded: argument))
        w32(address, good)
        stores += 1
      }
    case HostOrder.watch:
      while isCurrent(ticket.value) {
        let seen = load(address)
        if !seen.hasFaulted { count(Mailbox.reads) }
        if !seen.hasFaulted, seen.value == argument { count(Mailbox.sightings) }
        count(Mailbox.attempts)
      }
    default: value = stores
    }
    let faults = aborts() - before
    done = ticket.value
    w64(Mailbox.faults, faults)
    w64(Mailbox.value, value)
    data_barrier()
    w64(Mailbox.done, done)
  }
}

private func count(_ address: UInt64) { w64(address, r64(address) + 1) }

private func load(_ address: UInt64) -> (hasFaulted: Bool, value: UInt64) {
  let before = aborts()
  let value = r64(address)
  data_barrier()
  return (aborts() != before, value)
}

/// Whether an order still stands; the mailbox may be taken away as well.
private func isCurrent(_ ticket: UInt64) -> Bool {
  let now = load(Mailbox.ticket)
  return !now.hasFaulted && now.value == ticket
}
