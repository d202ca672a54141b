extension Invariant {
  /// All of them, in order of precedence; a new one is one line below. A test holds the lists to
  /// the files beside this one.
  public static let all = harms + manners

  /// What must hold lest memory, or what is in it, comes to harm.
  static let harms: [Invariant] = [
    .callsReturn,
    .liveBuffersAreDisjoint,
    .buffersHonourTheirLayout,
    .liveBuffersLieInSharedGranules,
    .privateMemoryIsNeverShared,
    .noSecretLeaves,
    .theHostCannotSteer,
    .bufferContentsAreKept,
    .callsStayInTheirFrame,
    .storageIsNotOverrun,
    .granulesAreSharedOnce,
    .hypercallsAreGranuleAligned,
    .hypercallsAreAnswered,
    .quarantineIsNeverReused,
    .nothingIsSharedAfterTeardown,
    .nothingIsServedAfterTeardown,
    .freshMemoryIsZero,
    .returnedMemoryIsScrubbed,
    .dmaMemoryIsZero,
    .bounceMemoryIsZero,
    .zeroedMemoryIsZero,
    .bounceCopiesFollowTheDirection,
    .theHeapIsWholeAfterTeardown,
    .regionsGoBackAsTheyCame,
    .lossesAreReported,
    .framesAreConserved,
  ]

  /// How a sharer must behave besides. Where only these are violated in the middle of a command,
  /// the rest of it is still asked for harm, which is told first.
  private static let manners: [Invariant] = [
    .nestedCallsAreRefused,
    .badRequestsAreRefused,
    .goodRequestsAreServed,
    .errorsTellWhatHappened,
    .failedCallsLeaveNoTrace,
    .allocationSucceedsWhenItCan,
    .refillIsSufficient,
    .refillOnlyOnMiss,
    .granuleIsAskedOnce,
    .staticPoolsMakeNoHypercall,
    .mmioGuardIsBalanced,
    .reportsCountWhatWasDone,
    .callsFollowTheProtocol,
    .freeBuddiesAreMerged,
    .placementIsAFunctionOfTheFreeSet,
    .workIsBounded,
  ]
}
