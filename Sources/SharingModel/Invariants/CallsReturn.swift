extension Invariant {
  /// Nothing inside a process can check this: the supervisor that runs the command line's work in a
  /// child process does, and reports a trap, a hang or runaway memory.
  static let callsReturn = Invariant(
    "calls-return", "No call traps, hangs or exits.", needs: .supervision)
}
