// The guest OS: it asks the monitor for the list of what the firmware left shared, or declared.

@c(payload_main) public func payloadMain(_ tree: UInt64) {
  let declared = hvc(ControlCall.declaredCount, 0, 0, 0).x1
  // It declares the console anew, if there is a guard, since the firmware withdrew all it had
  // declared.
  _ = hvc(0xC600_0007, Console.page, 0, 0)
  say("guest OS: EL")
  say(read_CurrentEL() >> 2)
  say(", device tree at ")
  say(hex: tree)
  say("\n")
  let left = listShared()
  let wrong = hvc(ControlCall.audit, 0, 0, 0).x1
  let statistics = hvc(ControlCall.statistics, 0, 0, 0)
  say("monitor: ")
  say(statistics.x1)
  say(" shares, ")
  say(statistics.x2)
  say(" unshares, ")
  say(statistics.x3)
  say(" refusals, ")
  say(wrong)
  say(" wrong in the tables\n")
  if left > 0 || wrong > 0 {
    say("FAIL granules are left shared\n")
    leave(10)
  }
  if declared > 0 {
    say("FAIL devices are left declared\n")
    leave(11)
  }
  say("PASS\n")
  leave(0)
}

/// How many granules are shared that the firmware should have taken back: all but those that the
/// host had shared before the firmware came to be.
private func listShared() -> UInt64 {
  let before = hvc(ControlCall.sharedBeforeBoot, 0, 0, 0)
  var left: UInt64 = 0
  for number in 0..<hvc(ControlCall.sharedCount, 0, 0, 0).x1 {
    let granule = hvc(ControlCall.sharedGranule, number, 0, 0).x1
    if granule >= before.x1, granule - before.x1 < before.x2 { continue }
    left += 1
    say("guest OS: still shared: ")
    say(hex: granule)
    say("\n")
  }
  return left
}
