/// What searching and shrinking come to, as one number for each subject: the same in every build.
///
/// A change of a generator, a pass or the search changes them, and nothing else may. After such a
/// change, `SHARECHECK_PIN=1 swift test --filter Pinned` writes the new ones here.
enum Pinned {
  static let folds: [String: UInt64] = [
    "toy allocator, refill": 0xfd61b42ba3500c90,
    "toy allocator, teardown": 0x589f1ac53af2d60,
    "toy allocator, merge": 0x54d179c9d4a66aba,
    "growing queue": 0xe1d7f4a1d7966d3e,
    "two parts": 0x279fa75d46a982a8,
    "up to a zero": 0x40c6ce6faf42ecc3,
    "counter": 0xd6611a5dd620636e,
    "binary heap": 0xbd1c873a9f455921,
    "bound5": 0xdf94a23c4fb4f009,
    "calculator": 0xf4077052ae2b47d9,
    "coupling": 0xbd7ff59380ecf6fa,
    "deletion": 0xe420aaf524f7a1ca,
    "difference not one": 0xe25482bd0d662b0,
    "difference not small": 0xa9033afd0e84b20,
    "difference not zero": 0xb62416e9b2c7df90,
    "distinct": 0x909fab14550eb340,
    "large union list": 0xb71b5893d43805d6,
    "length list": 0x6397a4324b9850dc,
    "nested lists": 0x688ebea01b0d12e0,
    "reverse": 0x6835e3b26fc9435b,
    "snapshot store": 0x467b41e0e15f5e19,
    "hash collision 10": 0xe2bdbee110bdb8b2,
    "hash collision 100": 0xf584c3d48d261738,
    "hash collision 1000": 0xc0f4a5d49c9e6e05,
    "search, queue": 0x9fed911d7b4f2d9d,
    "search, counter": 0x71064e9eb483567d,
  ]
}
