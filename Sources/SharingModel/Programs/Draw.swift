import PropertyTesting

/// What random commands of one program are drawn by: sizes that fit its machine, and swarm weights,
/// which leave some kinds of command out of some programs. No choice by itself.
struct Draw {
  let granule: UInt64
  /// The size of the arena.
  let largest: UInt64
  /// What the pool can serve several times.
  let usual: UInt64
  let kinds: Weights
  let faults: Weights
  let secondFaults: Weights
  /// The few sizes that most programs keep to: blocks merge with their like only.
  let sizes: Palette?
  /// How many slots the program uses: few, so that they are used again and again.
  let slots: UInt64

  let forms = CommandForm.all

  private static let usual = CommandForm.all.map(\.weight)
  // In the order of `Grammar.faultKinds`.
  private static let usualFaults: Weights = [
    184, 4, 4, 4, 4, 1, 2, 2, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1,
  ]
  private static let noFaults: Weights = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  private static let manyFaults: Weights = [36, 4, 4, 4, 4, 6, 2, 2, 1, 1, 1, 6, 6, 3, 1, 1, 1, 1]
  private static let oneFault: Weights = [12, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]

  init(_ configuration: Configuration, _ choices: inout Choices) {
    granule = configuration.granule
    largest = configuration.arenaSize
    let small = min(largest / 2, max(granule &* 4, 64), configuration.poolTop)
    // Seldom by magnitude, as far as the hypercalls are affordable: a granule costs two.
    let most = max(min(largest / 2, granule &* 1024, configuration.poolTop), small)
    usual = choices.bias(otherwise: small) { numbers in
      guard numbers.chance(1, outOf: most > 1 << 20 ? 8 : 64) else { return small }
      return max(small, numbers.powerOfTwo(upTo: most))
    }
    kinds = choices.bias(otherwise: Weights(Self.usual)) { numbers in
      var weights = Self.usual
      if numbers.chance(1, outOf: 2) {
        for kind in weights.indices where !CommandForm.all[kind].isAlwaysDrawn {
          switch numbers.next(below: 4) {
          case 0, 1: weights[kind] = 0
          case 2: weights[kind] *= 3
          default: break
          }
        }
      }
      // Where nearly all is made and nothing else happens, regions become many.
      if numbers.chance(1, outOf: 12) {
        for kind in weights.indices where kind != Command.Kind.allocate.rawValue {
          weights[kind] = min(weights[kind], 1)
        }
      }
      // Where devices are mapped all the time, the guard's records run out.
      if numbers.chance(1, outOf: 12) {
        weights[Command.Kind.mapMMIO.rawValue] = 48
        weights[Command.Kind.unmapAllMMIO.rawValue] = 12
      }
      // Where more is freed than made, blocks meet their free buddies.
      if numbers.chance(1, outOf: 2) { weights[Command.Kind.free.rawValue] *= 2 }
      // Before an init there is little else to try, and a bad one can be followed by another.
      if !configuration.startsInitialised { weights[Command.Kind.initialise.rawValue] = 24 }
      return Weights(weights)
    }
    faults = choices.bias(otherwise: Self.usualFaults) { numbers in
      switch numbers.next(below: 8) {
      case 0: Self.manyFaults
      case 1, 2, 3: Self.usualFaults
      default: Self.noFaults
      }
    }
    secondFaults = Self.oneFault
    slots = choices.bias(otherwise: UInt64(Slot.count)) { numbers in
      2 + numbers.next(below: UInt64(Slot.count) - 1)
    }
    let (granule, largest, usual) = (granule, largest, usual)
    sizes = choices.bias(otherwise: nil) { numbers in
      guard numbers.chance(1, outOf: 2) else { return nil }
      return Palette(most: 3, &numbers) { Self.edge(granule, largest, usual, &$0) }
    }
  }

  /// A size of the palette, or any.
  func size(_ numbers: inout RandomNumbers) -> UInt64 {
    if let sizes, numbers.chance(7, outOf: 8) { return sizes.draw(&numbers) }
    return Self.edge(granule, largest, usual, &numbers)
  }

  /// A size on an edge: mostly one that some machine of this kind can serve, seldom 0 or absurd.
  private static func edge(
    _ granule: UInt64, _ largest: UInt64, _ usual: UInt64, _ numbers: inout RandomNumbers
  ) -> UInt64 {
    switch numbers.next(below: 32) {
    case 0 where numbers.chance(1, outOf: 4): return .max - numbers.next(below: 2)
    case 0: return numbers.edgeBiased(upTo: .max, unit: granule)
    case 1: return numbers.edgeBiased(upTo: largest, unit: granule)
    case 2...11: return max(1, numbers.edgeBiased(upTo: min(usual, 256), unit: granule))
    case 12...15: return max(1, usual - min(usual, numbers.next(below: 2)))
    default: return max(1, numbers.edgeBiased(upTo: usual, unit: granule))
    }
  }

  /// A place of a command's hypercalls, from 0: mostly one of the first, or by magnitude.
  func faultPosition(below bound: UInt64, _ numbers: inout RandomNumbers) -> UInt64 {
    guard numbers.chance(1, outOf: 4) else { return numbers.next(below: 6) }
    let granules = largest / granule + 2
    return numbers.next(below: max(numbers.powerOfTwo(upTo: min(granules &* 2, bound)), 1))
  }

  /// The choice of an alignment: mostly 1, or a power of two that the pool can serve.
  func alignment(_ numbers: inout RandomNumbers) -> UInt64 {
    let most = UInt64(63 - max(usual, 1).leadingZeroBitCount)
    switch numbers.next(below: 16) {
    case 0: return numbers.next(below: UInt64(CommandArgument.alignments.count))
    case 1: return min(most, UInt64(granule.trailingZeroBitCount))
    case 2: return min(most, 12)
    case 3, 4, 5: return numbers.next(below: most + 1)
    default: return 0
    }
  }
}
