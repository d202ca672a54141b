extension Exhibit {
  /// All of them; a new one is one line here. A test holds the list to the files in `Exhibits`.
  public static let all: [Exhibit] = [
    .canary,
    .canaryTraps,
    .mergesPastTheTopOrder,
    // Sharer and pool
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
    .freeWantsTheBlockSize,
    // Hypervisor interface
    .readsA32BitAnswerAs64,
    .positiveIsSuccess,
    .staticRangeWinsOverSharing,
    .staticRangeOverflows,
    .staticAddressUnaligned,
    // Virtio HAL
    .dmaNotZeroed,
  ]

  /// More of those, which show that traps, hangs and runaway memory are seen, and are found by name
  /// only.
  public static let selfTests: [Exhibit] = [
    .canaryTrapsSeldom,
    .canaryHangs,
    .canaryEatsMemory,
  ]
}
