import PropertyTesting

extension Challenge {
  /// The three bugs of the toy allocator; ``ToyMachine/proof(of:budget:)`` proves the lengths.
  static let allocatorBugs: [Challenge] = ToyMachine.bugs.map { bug in
    Challenge(
      "\(bug.bug)", minima: [bug.minimum], published: bug.peer, restarts: 2,
      property: { ToyMachine.property(bug.bug) }, text: ToyMachine.text)
  }
}

extension ToyMachine {
  /// A bug, how it shows, and what it takes at least.
  struct KnownBug: Sendable {
    let bug: ToyAllocator.Bug
    let failure: ToyAllocator.Failure
    /// The simplest program.
    let minimum: String
    let length: Int
    /// The largest size that a proof tries.
    let largest: UInt64
    /// The median evaluations of the best peer.
    let peer: String
  }

  static let bugs = [
    KnownBug(
      bug: .refill, failure: .refusedByRefill, minimum: "A 0 0 8193", length: 1,
      largest: 1 << 14, peer: "29 Exhaust"),
    KnownBug(
      bug: .teardown, failure: .leaksRegion, minimum: "A 0 0 0, A 0 0 2049, A 0 0 2049", length: 3,
      largest: 1 << 14, peer: "52 Exhaust"),
    KnownBug(
      bug: .merge, failure: .freeBlockIsMisaligned,
      minimum: "A 0 0 0, A 0 0 0, A 1 0 0, A 2 0 0, F 1, F 0", length: 6,
      largest: 129, peer: "447 Exhaust"),
  ]
}
