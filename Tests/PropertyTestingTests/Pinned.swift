/// What searching and shrinking come to, as one number for each subject: the same in every build.
///
/// A change of a generator, a pass or the search changes them, and nothing else may. After such a
/// change, `SHARECHECK_PIN=1 swift test --filter Pinned` writes the new ones here.
enum Pinned {
  static let folds: [String: UInt64] = [
    "toy allocator, refill": 0x6f71abf255c99062,
    "toy allocator, teardown": 0x7ee759e9b83a4d3a,
    "toy allocator, merge": 0x260af017fe9b098a,
    "growing queue": 0x330219d07aa27d27,
    "two parts": 0xc06fa83d5825aec,
    "counter": 0x6555196fd6dff90,
    "binary heap": 0x4e25287479829be6,
    "bound5": 0x2ef2596c544af1ef,
    "calculator": 0xc9619cc8fe8f00f4,
    "coupling": 0x4345bcd881b5fcfb,
    "deletion": 0xe7c14b89a4dc8b1d,
    "difference not one": 0x38550caaacf8b840,
    "difference not small": 0x9f9e440543495b99,
    "difference not zero": 0xc4322b7a6a4601e0,
    "distinct": 0xcd9e23d05ed9d2b8,
    "large union list": 0x4fc2ff617f03cb71,
    "length list": 0xf3659ff7757e8bd8,
    "nested lists": 0xe7b5567c7187a5b6,
    "reverse": 0x5bae62bb7d9e659d,
    "snapshot store": 0xc2e3f37f78c5f54e,
    "hash collision 10": 0x13e2bfa672005d97,
    "hash collision 100": 0x8fcbdc404fa89cfb,
    "hash collision 1000": 0xe370311206c66e4a,
    "search, queue": 0x60ed4d399da6158b,
    "search, counter": 0xfea3ac5cc7887b14,
  ]
}
