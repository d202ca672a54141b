extension Exhibit {
  /// All of them; a new one is one line here. A test holds the list to the files in `Exhibits`.
  public static let all: [Exhibit] = [
    .canary,
    .mergesPastTheTopOrder,
    .refillWithoutRounding,
    .metadataInSharedMemory,
    .leaksWhatWasNotFreed,
    .dmaNotZeroed,
  ]

  /// Those that only a supervisor survives: they show that traps, hangs and runaway memory are seen,
  /// and are found by name only.
  public static let selfTests: [Exhibit] = [
    .canaryTraps,
    .canaryTrapsSeldom,
    .canaryHangs,
    .canaryEatsMemory,
  ]
}
