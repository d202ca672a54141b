/// What all runs come to, as one number for each backend: the same in every process and build.
///
/// A change of grammar, core or simulator changes them, and nothing else may. After such a change,
/// `SHARECHECK_PIN=1 swift test --filter Determinism` writes the new ones here.
enum PinnedTraces {
  static let seeds: Range<UInt64> = 0..<200
  static let folds: [String: UInt64] = [
    "pkvm": 0xf24616ca4f9791fb,
    "pkvm-newer": 0xf24616ca4f9791fb,
    "pkvm-android13": 0x1b6c5411ac55c832,
    "gunyah": 0x1d87de6d4b7a7506,
    "geniezone": 0x387423a904f13566,
    "kvm": 0x7ea9e9c27399263f,
  ]
}
