/// Which calls go wrong, and how.
struct Faults {
  struct Fault {
    var kind: UInt64
    var value: UInt64
  }

  /// Which call of the command, from 1; 0 is none.
  private var position: UInt64 = 0
  private var ofCommand = Fault(kind: FaultKind.none, value: 0)
  private var standing = Fault(kind: FaultKind.none, value: 0)
  private var calls: UInt64 = 0

  mutating func beginCommand(position: UInt64, _ fault: Fault) {
    self.position = position
    ofCommand = fault
    calls = 0
  }

  mutating func stand(_ fault: Fault) { standing = fault }

  /// Counts a call, and says how it goes wrong; the command's own fault is the stronger one.
  mutating func next() -> Fault {
    calls += 1
    return calls == position && ofCommand.kind != FaultKind.none ? ofCommand : standing
  }
}
