/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x81ef7a992c79db18,
    "pkvm-newer": 0x81ef7a992c79db18,
    "pkvm-android13": 0x7cf592e7de22944d,
    "gunyah": 0x4e042d5e8d0def7d,
    "geniezone": 0x8b4ed13317331eb,
    "kvm": 0xab6d0b75ba7b1f5,
    "campaign": 0xe28695e77c3a6e7c,
  ]
}
