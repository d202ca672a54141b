/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x1028370e0976695c,
    "pkvm-newer": 0x1028370e0976695c,
    "pkvm-android13": 0xe885a88c26ff2d40,
    "gunyah": 0x614cb797f5a891d2,
    "geniezone": 0x34045438b039b7e9,
    "kvm": 0x8f77374d087573e0,
    "campaign": 0x76bc9b45424c8722,
  ]
}
