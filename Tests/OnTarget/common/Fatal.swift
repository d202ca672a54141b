/// An exception that no test expects: a trap of Swift is one.
@c(report_fatal) public func reportFatal(_ syndrome: UInt64, _ place: UInt64, _ address: UInt64) {
  say("exception: syndrome ")
  say(hex: syndrome)
  say(" at ")
  say(hex: place)
  say(" address ")
  say(hex: address)
  say("\n")
  leave(3)
}
