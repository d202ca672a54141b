extension Exhibit {
  /// All of them, in sections; a new one is one line here. A test holds the list to the files in
  /// `Exhibits`.
  public static let all: [Exhibit] =
    [.canary, .canaryTraps] + allocator + sharer + hypervisor + virtioHAL

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
    .trustsFreshMemory,
    .freeWantsTheBlockSize,
    .writesASentinel,
  ]

  private static let sharer: [Exhibit] = [
    .refillWithoutRounding,
    .refillWithoutAlignment,
    .refillWithoutGranules,
    .metadataInSharedMemory,
    .forgetsWhatHalfFailed,
    .failedButTookEffect,
    .servesAfterTeardown,
    .leaksWhatWasNotFreed,
    .secondInitDropsTheFirst,
    .unshareErrorStopsTheSweep,
    .ignoresTheAnswer,
    .forgetsTheLastGranule,
    .sharesByVirtualAddress,
    .sharesOutsideTheBook,
    .asksTheGranuleEachTime,
    .sharesEveryTime,
    .freesBeforeUnsharing,
    .returnsDirtyMemoryToTheHeap,
    .sharesPerBuffer,
    .freesTheHintNotTheRegion,
    .staticExhaustionRefills,
    .sharesWithoutZeroing,
    .reportsNothingLost,
    .triesAFailedUnshareAgain,
    .blamesTheFirstGranule,
    .returnsWithAnotherAlignment,
    .servesInTheMiddle,
  ]

  private static let hypervisor: [Exhibit] = [
    .readsA32BitAnswerAs64,
    .leavesTheConsoleMapped,
    .positiveIsSuccess,
    .staticRangeWinsOverSharing,
    .staticRangeOverflows,
    .staticAddressUnaligned,
    .countsWhatIsStillMapped,
    .asksForTheGuardAlone,
    .triesOutSharing,
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
    .zeroesTheSlotBefore,
  ]

  /// Those that show that traps, hangs and runaway memory are seen, and are found by name only.
  public static let selfTests: [Exhibit] = [
    .canaryTrapsSeldom,
    .canaryHangs,
    .canarySleeps,
    .canaryEatsMemory,
  ]
}
