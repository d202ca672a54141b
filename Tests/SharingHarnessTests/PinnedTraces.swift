/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x145137403b94ac90,
    "pkvm-newer": 0x145137403b94ac90,
    "pkvm-android13": 0xd635abf2ca3b48fb,
    "gunyah": 0x1d87de6d4b7a7506,
    "geniezone": 0x1cbdc83452962fc2,
    "kvm": 0x544a959d12ac746b,
    "campaign": 0xcab52de60a058da2,
  ]
}
