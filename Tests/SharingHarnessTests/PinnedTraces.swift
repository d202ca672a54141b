/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0xdd90a303c14c5a9,
    "pkvm-newer": 0xdd90a303c14c5a9,
    "pkvm-android13": 0xc87fb702bc562b34,
    "gunyah": 0xc24423a7b86b89b4,
    "geniezone": 0xf9a7f2467c45d50c,
    "kvm": 0x3444658fab552812,
    "campaign": 0x2e7802501be0412a,
  ]
}
