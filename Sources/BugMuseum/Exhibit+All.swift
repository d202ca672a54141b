extension Exhibit {
  /// All of them, in sections; a new one is one line here. A test holds the list to the files in
  /// `Exhibits`.
  public static let all: [Exhibit] = [.canary] + allocator + sharer + virtioHAL

  private static let allocator: [Exhibit] = [
    .insertsBeforeMerging,
    .mergesPastTheTopOrder,
    .doesNotCoalesceOnAdd,
    .startAtZeroIsCapped,
    .rangeAddedTwice,
    .doubleFreeIsSilent,
    .freeWithAnotherSize,
    .sizeWrapsToZero,
    .linearFree,
    .paddingNeverReturns,
    .firstIndexOffByOne,
    .blockMissingWhileSplitting,
    .lastFreedFirstServed,
    .successWithoutMemory,
  ]

  private static let sharer: [Exhibit] = [
    .refillWithoutRounding,
    .metadataInSharedMemory,
    .leaksWhatWasNotFreed,
  ]

  private static let virtioHAL: [Exhibit] = [
    .dmaNotZeroed,
    .dmaAlignedToTheGranule,
    .zeroesTheWholeGranule,
    .bothCopiesNeitherWay,
    .copiesBackWhatWasOnlySent,
    .staleTail,
    .sharesTheBufferInPlace,
    .emptyBuffer,
    .lengthCutTo32Bits,
    .publishesBeforeCopying,
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
