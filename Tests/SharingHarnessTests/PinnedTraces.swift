/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x9dd8110b206d29c1,
    "pkvm-newer": 0x9dd8110b206d29c1,
    "pkvm-android13": 0x79e5c400fb7a4cdb,
    "gunyah": 0x86ce2f532467b73b,
    "geniezone": 0x6c24fdc2ee6ec661,
    "kvm": 0xda7eb5b2ee15b994,
    "pkvm-linux": 0xd3bc33cff045babe,
    "campaign": 0xdb6abdc1d9e985d6,
  ]
}
