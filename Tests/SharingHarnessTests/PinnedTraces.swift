/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0xeb257cf5dc3fc51b,
    "pkvm-newer": 0xeb257cf5dc3fc51b,
    "pkvm-android13": 0xb79cff46f27f70b2,
    "gunyah": 0xd97f6f6a74d9d41a,
    "geniezone": 0x85958d98abb7b356,
    "kvm": 0x14fce005c48aecd3,
    "campaign": 0x18dc5ca682d46fee,
  ]
}
