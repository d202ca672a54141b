/// What searching and shrinking come to, as one number for each subject: the same in every build.
///
/// A change of a generator, a pass or the search changes them, and nothing else may. After such a
/// change, `SHARECHECK_PIN=1 swift test --filter Pinned` writes the new ones here.
enum Pinned {
  static let folds: [String: UInt64] = [
    "toy allocator, refill": 0x12e8350070975c5f,
    "toy allocator, teardown": 0x3697cf21223b35d0,
    "toy allocator, merge": 0x29db450ab1d66df8,
    "growing queue": 0xc9e5616e9e1b4f83,
    "two parts": 0xfe56e7e06cd45f6b,
    "up to a zero": 0xc2c9cf57c70928cf,
    "counter": 0x96beb2d6f365e7fa,
    "binary heap": 0x1123020a9b7de8eb,
    "bound5": 0x5ad4410674ee0e0c,
    "calculator": 0xfa5b15b05699d7c9,
    "coupling": 0x13a30cc95d9ed4bf,
    "deletion": 0xfab4570385c19c1b,
    "difference not one": 0x6863bef9aaeb4970,
    "difference not small": 0x3be87516ecb2d116,
    "difference not zero": 0xe23beb09bf52cf5d,
    "distinct": 0xca80db5cfd7967db,
    "large union list": 0xb32dd26a0626a246,
    "length list": 0x709188f9b43b9ba2,
    "nested lists": 0xe25b640b409d86dc,
    "reverse": 0x27b39fb1af938652,
    "snapshot store": 0x471d605ea720c209,
    "hash collision 10": 0xe719b33fa11344f2,
    "hash collision 100": 0xd1ba22df5806091d,
    "hash collision 1000": 0xaa980f46ee539e31,
    "search, queue": 0x9fed911d7b4f2d9d,
    "search, counter": 0x71064e9eb483567d,
  ]
}
