/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x3843e1936193836,
    "pkvm-newer": 0x3843e1936193836,
    "pkvm-android13": 0x96f5695c19f0080d,
    "gunyah": 0xbf7dd2778271d510,
    "geniezone": 0x9fa33166ee2eaaec,
    "kvm": 0x493629b82a93a196,
    "campaign": 0x3a7079c9a659cd8f,
  ]
}
