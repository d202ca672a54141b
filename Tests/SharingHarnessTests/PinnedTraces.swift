/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x81ea20570914fbb6,
    "pkvm-newer": 0x81ea20570914fbb6,
    "pkvm-android13": 0xa2268e7d8cb6a711,
    "gunyah": 0xc031e56f97c0383d,
    "geniezone": 0x37702c72312636d2,
    "kvm": 0x4da1f53b8ee08933,
    "campaign": 0xd876d8b072e2bd24,
  ]
}
