// What a run says: one line for each thing that holds, and the first that does not.

/// Ends the run.
func fail(_ what: StaticString) -> Never {
  say("FAIL ")
  say(what)
  say("\n")
  leave(1)
  while true {}
}

/// Ends the run where something does not hold that ought to.
func check(_ condition: Bool, _ what: StaticString) {
  if !condition { fail(what) }
}

/// What has been seen to hold.
func passed(_ what: StaticString) {
  say("ok   ")
  say(what)
  say("\n")
}

/// What this hypervisor, or this run, has no way to show.
func skipped(_ what: StaticString) {
  say("skip ")
  say(what)
  say("\n")
}

/// A number that belongs to the line above or below.
func note(_ value: UInt64, _ what: StaticString) {
  say("     ")
  say(value)
  say(" ")
  say(what)
  say("\n")
}
