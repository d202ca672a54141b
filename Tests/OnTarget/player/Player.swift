import MemorySharing

// Plays programs on the core, as a judge on the other side of two pipes asks.

private var system: PlayedSystem?
private var memory = PlayerMemory(driverStart: 0, driverPart: 1, virtualOffset: 0)
/// What is planted in this run.
private(set) var defect = Defect.none

@c(player_main) public func playerMain(_ tree: UInt64) {
  defect = Defect(BootArguments(DeviceTree(at: tree)))
  channel = Channel()
  while channel.receive() {
    while channel.hasMore { obey(channel.next()) }
    channel.send()
  }
  leave(0)
}

private func obey(_ request: UInt64) {
  switch request {
  case Request.restart: restart(channel.next(Switching.count))
  case Request.fill:
    let words = channel.next(3)
    memory.fill(words[words.startIndex], words[words.startIndex + 1], byte(words))
  case Request.hostFill:
    tell(askHost(ControlCall.hostFill).x0 == Answer.success ? 1 : 0)
  case Request.hostExpect:
    let answer = askHost(ControlCall.hostExpect)
    if answer.x0 == Answer.success { tell(0) } else { tell(1, answer.x1) }
  case Request.pin:
    tell(control(ControlCall.pin, channel.next(), 0, 0).x0 == Answer.success ? 1 : 0)
  case Request.unpinAll: _ = control(ControlCall.unpinAll, 0, 0, 0)
  case Request.standingFault:
    let words = channel.next(2)
    _ = control(ControlCall.standingFault, 0, words[words.startIndex], words[words.startIndex + 1])
  case Request.call: play(channel.next(CallWords.count))
  case Request.expect: compare(channel.next(3))
  case Request.audit:
    let words = channel.next(2)
    tell(control(ControlCall.audit, words[words.startIndex], words[words.startIndex + 1], 0).x1)
  case Request.sharedPages: tell(control(ControlCall.sharedCount, 0, 0, 0).x2)
  case Request.hypercall: callBare(channel.next(6))
  default:
    say("player: no such request\n")
    leave(6)
  }
}

/// Asks something of the host about a run and a byte.
private func askHost(_ call: UInt64) -> registers {
  let words = channel.next(3)
  return control(
    call, words[words.startIndex], words[words.startIndex + 1], UInt64(byte(words)))
}

private func byte(_ words: ArraySlice<UInt64>) -> UInt8 {
  UInt8(truncatingIfNeeded: words[words.startIndex + 2])
}

private func restart(_ words: ArraySlice<UInt64>) {
  func word(_ place: Int) -> UInt64 { words[words.startIndex + place] }
  // What the old system tells while it goes belongs to nobody.
  let answered = channel.answered
  system = nil
  channel.forget(after: answered)
  _ = control(ControlCall.restart, word(Switching.manners), word(Switching.granule), 0)
  _ = control(ControlCall.addRAM, word(Switching.arenaStart), word(Switching.arenaSize), 0)
  _ = control(ControlCall.addRAM, word(Switching.staticStart), word(Switching.staticSize), 0)
  if word(Switching.sharesBeforeBoot) == 1 {
    _ = control(
      ControlCall.shareBeforeBoot, word(Switching.staticStart), word(Switching.staticSize), 0)
  }
  memory = PlayerMemory(
    driverStart: word(Switching.driverStart), driverPart: word(Switching.driverPart),
    virtualOffset: word(Switching.virtualOffset))
  let first = UInt8(truncatingIfNeeded: word(Switching.firstByte))
  memory.fill(word(Switching.arenaStart), word(Switching.arenaSize), first)
  memory.fill(word(Switching.staticStart), word(Switching.staticSize), first)
  system = PlayedSystem.make(words, memory)
  tell(EventCode.end, system == nil ? 0 : 1)
  system?.observe()
}

private func play(_ words: ArraySlice<UInt64>) {
  _ = control(
    ControlCall.beginCommand, words[words.startIndex + CallWords.faultPosition],
    words[words.startIndex + CallWords.faultKind], words[words.startIndex + CallWords.faultValue])
  system?.perform(words)
  system?.observe()
}

private func callBare(_ words: ArraySlice<UInt64>) {
  func word(_ place: Int) -> UInt64 { words[words.startIndex + place] }
  _ = control(ControlCall.beginCommand, 1, word(0), word(1))
  let before = aborts()
  let answer = hvc(word(2), word(3), word(4), word(5))
  let effect = lastEffect(at: word(3), sinceAborts: before)
  tell(answer.x0, answer.x1, answer.x2, answer.x3, effect.x1, effect.x2, effect.x3)
}

private func compare(_ words: ArraySlice<UInt64>) {
  let start = words[words.startIndex]
  let (same, other) = memory.compare(start, words[words.startIndex + 1], with: byte(words))
  if let other { tell(1, start + same, UInt64(other)) } else { tell(0, same) }
}
