/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x9e4e6feae316ce60,
    "pkvm-newer": 0x9e4e6feae316ce60,
    "pkvm-android13": 0x17aab3f189da6091,
    "gunyah": 0x9618abb50bc347ac,
    "geniezone": 0xec8b06eeae8b24a6,
    "kvm": 0x129fb6ff3ec34eb2,
    "campaign": 0xd90696281ddd5caa,
  ]
}
