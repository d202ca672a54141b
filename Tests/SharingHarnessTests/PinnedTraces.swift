/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0xf1e222d31615ed21,
    "pkvm-newer": 0xf1e222d31615ed21,
    "pkvm-android13": 0x129dde36ed280c70,
    "gunyah": 0xe0ff8042116e0327,
    "geniezone": 0x5e31abbad91e662a,
    "kvm": 0xe6cca2656180a445,
    "campaign": 0xaf7591c7f60c9a85,
  ]
}
