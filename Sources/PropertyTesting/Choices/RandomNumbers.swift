/// A stream of pseudorandom numbers that is the same on every machine, in every build.
///
/// xoshiro256** (Blackman and Vigna, public domain), its state filled by SplitMix64, so that
/// neighbouring seeds give unrelated streams. It is deliberately no `RandomNumberGenerator`: what
/// the standard library makes of one may change with the toolchain, and a seed must not.
public struct RandomNumbers: Sendable {
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64

  /// Starts the stream that belongs to `seed`.
  @inlinable
  public init(seed: UInt64) {
    var state = seed
    func split() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z &>> 31)
    }
    s0 = split()
    s1 = split()
    s2 = split()
    s3 = split()
  }

  /// The next 64 bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product &<< 7) | (product &>> 57)) &* 9
    let t = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 &<< 45) | (s3 &>> 19)
    return result
  }

  /// A number in `0..<bound`, each as likely as the others; a bound of 0 means all of `UInt64`.
  ///
  /// Lemire's multiplication with rejection. A bound of 1 draws nothing.
  @inlinable
  public mutating func next(below bound: UInt64) -> UInt64 {
    guard bound > 1 else { return bound == 0 ? next() : 0 }
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// A position below a count, each as likely as the others.
  mutating func index(below count: Int) -> Int {
    Int(truncatingIfNeeded: next(below: UInt64(truncatingIfNeeded: count)))
  }

  /// True in `n` of `total` cases.
  @inlinable
  public mutating func chance(_ n: UInt64, outOf total: UInt64) -> Bool {
    next(below: total) < n
  }
}
