// The guest OS: it asks the monitor for the list of what the firmware left shared.

@c(payload_main) public func payloadMain(_ tree: UInt64) {
  // It declares the console anew, if there is a guard, since the firmware withdrew all it had declared.
  _ = hvc(0xC600_0007, Console.page, 0, 0)
  say("guest OS: EL")
  say(read_CurrentEL() >> 2)
  say(", device tree at ")
  say(hex: tree)
  say("\n")
  let count = hvc(ControlCall.sharedCount, 0, 0, 0).x1
  for number in 0..<count {
    say("guest OS: still shared: ")
    say(hex: hvc(ControlCall.sharedGranule, number, 0, 0).x1)
    say("\n")
  }
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
  if count == 0, wrong == 0 {
    say("PASS\n")
    leave(0)
  }
  say("FAIL granules are left shared\n")
  leave(10)
}
