/// A bug that is planted for a run, so that the checks can be seen to fail:
/// `sharecheck.defect=NAME` on the command line. One list for all images.
enum Defect {
  case none
  // Of the monitor.
  case staleDeviceTranslations, staleHostTranslations, forgetsTooSoon, keepsMapped,
    silentlyKeepsMapped
  case hostSeesAll, silentlyHostSeesAll, smmuOff, startsProcessors, answersWrong, roundsUp
  case enrolsInNothing, showsAllDevices, showsOnePage, staleGuestTranslations
  case ignoresPins, answersAllBits
  // Of the player.
  case skipsZeroing, copiesShort, handsOutDirty, namesWrongGranule, asksForTheGuardAlone
  case sharesForAMoment
  // Of the firmware; of the player under Linux, too, where granules are concerned.
  case dropsPinned, noBounce, leaksGranule, forgetsGranule, traps, sharesWrongGranule,
    keepsDeviceMapped
  case trustsUsedIndex, trustsUsedIdentifier, trustsUsedLength, fetchesTwice, readsDescriptorsBack

  init(_ arguments: BootArguments) {
    self = .none
    for (name, defect) in Self.all where arguments.has(name) { self = defect }
  }

  private static var all: [(StaticString, Defect)] {
    [
      ("sharecheck.defect=stale-device-translations", .staleDeviceTranslations),
      ("sharecheck.defect=stale-host-translations", .staleHostTranslations),
      ("sharecheck.defect=forgets-too-soon", .forgetsTooSoon),
      ("sharecheck.defect=keeps-mapped", .keepsMapped),
      ("sharecheck.defect=silently-keeps-mapped", .silentlyKeepsMapped),
      ("sharecheck.defect=host-sees-all", .hostSeesAll),
      ("sharecheck.defect=silently-host-sees-all", .silentlyHostSeesAll),
      ("sharecheck.defect=smmu-off", .smmuOff),
      ("sharecheck.defect=starts-processors", .startsProcessors),
      ("sharecheck.defect=answers-wrong", .answersWrong),
      ("sharecheck.defect=rounds-up", .roundsUp),
      ("sharecheck.defect=ignores-pins", .ignoresPins),
      ("sharecheck.defect=answers-all-bits", .answersAllBits),
      ("sharecheck.defect=skips-zeroing", .skipsZeroing),
      ("sharecheck.defect=asks-for-the-guard-alone", .asksForTheGuardAlone),
      ("sharecheck.defect=shares-for-a-moment", .sharesForAMoment),
      ("sharecheck.defect=copies-short", .copiesShort),
      ("sharecheck.defect=hands-out-dirty", .handsOutDirty),
      ("sharecheck.defect=names-wrong-granule", .namesWrongGranule),
      ("sharecheck.defect=enrols-in-nothing", .enrolsInNothing),
      ("sharecheck.defect=shows-all-devices", .showsAllDevices),
      ("sharecheck.defect=shows-one-page", .showsOnePage),
      ("sharecheck.defect=stale-guest-translations", .staleGuestTranslations),
      ("sharecheck.defect=drops-pinned", .dropsPinned),
      ("sharecheck.defect=no-bounce", .noBounce),
      ("sharecheck.defect=leaks-granule", .leaksGranule),
      ("sharecheck.defect=forgets-granule", .forgetsGranule),
      ("sharecheck.defect=traps", .traps),
      ("sharecheck.defect=shares-wrong-granule", .sharesWrongGranule),
      ("sharecheck.defect=keeps-device-mapped", .keepsDeviceMapped),
      ("sharecheck.defect=trusts-used-index", .trustsUsedIndex),
      ("sharecheck.defect=trusts-used-identifier", .trustsUsedIdentifier),
      ("sharecheck.defect=trusts-used-length", .trustsUsedLength),
      ("sharecheck.defect=fetches-twice", .fetchesTwice),
      ("sharecheck.defect=reads-descriptors-back", .readsDescriptorsBack),
    ]
  }
}
