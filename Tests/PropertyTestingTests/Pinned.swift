/// What searching and shrinking come to, as one number for each subject: the same in every build.
///
/// A change of a generator, a pass or the search changes them, and nothing else may. After such a
/// change, `SHARECHECK_PIN=1 swift test --filter Pinned` writes the new ones here.
enum Pinned {
  static let folds: [String: UInt64] = [
    "toy allocator, refill": 0x1d4467cc2155cb02,
    "toy allocator, teardown": 0xa6f7a05ff1eaecb7,
    "toy allocator, merge": 0xf463e0191b31fd7d,
    "growing queue": 0xa9817a318696bf95,
    "two parts": 0xfe56e7e06cd45f6b,
    "up to a zero": 0xc2c9cf57c70928cf,
    "counter": 0x96beb2d6f365e7fa,
    "binary heap": 0xa9822d51ab12295a,
    "bound5": 0x5ad4410674ee0e0c,
    "calculator": 0xfa5b15b05699d7c9,
    "coupling": 0x13a30cc95d9ed4bf,
    "deletion": 0xfab4570385c19c1b,
    "difference not one": 0x13f7cad2cf9d18c5,
    "difference not small": 0x92ec084cf8792d96,
    "difference not zero": 0x6cc78a0e6a756214,
    "distinct": 0xca80db5cfd7967db,
    "large union list": 0x2d58d424e2195b3a,
    "length list": 0x709188f9b43b9ba2,
    "nested lists": 0x8ec902d614f37c44,
    "reverse": 0x27b39fb1af938652,
    "snapshot store": 0x471d605ea720c209,
    "hash collision 10": 0xe719b33fa11344f2,
    "hash collision 100": 0xd1ba22df5806091d,
    "hash collision 1000": 0xaa980f46ee539e31,
    "search, queue": 0x7c3b0fe365154769,
    "search, counter": 0x71064e9eb483567d,
  ]
}
