/// What all runs come to, as one number for each backend and one for a campaign with feedback: the
/// same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let campaign: UInt64 = 500
  static let folds: [String: UInt64] = [
    "pkvm": 0x4df249b237997091,
    "pkvm-newer": 0x4df249b237997091,
    "pkvm-android13": 0xe8e1f1ce62aebbd6,
    "gunyah": 0x77fc20b61b324d71,
    "geniezone": 0x8ac8d320910c5db1,
    "kvm": 0x6ac6cb41e81ac6f,
    "campaign": 0x8db4fa584442a165,
  ]
}
