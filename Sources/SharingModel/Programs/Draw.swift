import PropertyTesting

/// What random commands of one program are drawn by: sizes that fit its machine, and swarm weights,
/// which leave some kinds of command out of some programs. No choice by itself.
struct Draw {
  let granule: UInt64
  /// The size of the arena.
  let largest: UInt64
  /// What the pool can serve several times.
  let usual: UInt64
  /// What is not too many hypercalls, if the pool serves it.
  let affordable: UInt64
  /// Whether faults strike anywhere in a command, and not mostly at its first calls.
  let isLate: Bool
  let kinds: Weights
  /// The kinds of the last command.
  let lastKinds: Weights
  let faults: Weights
  let secondFaults: Weights
  /// Whether the MMIO guard has room for few regions.
  let hasScantMMIO: Bool
  /// The few sizes that most programs keep to: blocks merge with their like only.
  let sizes: Palette?
  /// How many slots the program uses: few, so that they are used again and again.
  let slots: UInt64

  let forms = CommandForm.all

  // In the order of `Grammar.faultKinds`.
  private static let usualFaults: Weights = [
    184, 4, 4, 4, 4, 1, 2, 2, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1,
  ]
  private static let noFaults: Weights = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  private static let manyFaults: Weights = [36, 4, 4, 4, 4, 6, 2, 2, 1, 1, 1, 6, 6, 3, 1, 1, 1, 1]
  private static let oneFault: Weights = [12, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
  private static let failures: Weights = [4, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]

  /// - Parameter limits: which calls the system has, and what programs leave out.
  init(_ machine: Configuration, _ limits: MachineLimits, _ choices: inout Choices) {
    let granule = machine.granule
    let largest = machine.arenaSize
    let length = choices.recordsToCome
    // A granule costs two hypercalls. Where records are scant, a large region is refused, and only
    // a pool that shares nothing serves it.
    let isScant = 1...256 ~= machine.regionRecordBytes
    let affordable = isScant ? UInt64.max : granule &* 1024
    let small = min(largest / 2, max(granule &* 4, 64), machine.poolTop)
    let most = max(min(largest / 2, affordable, machine.poolTop), small)
    // What goes wrong seldom does so late in a long command.
    let isLate = choices.bias(otherwise: false) { $0.chance(1, outOf: machine.isLarge ? 2 : 8) }
    // Seldom by magnitude.
    let usual = choices.bias(otherwise: small) { numbers in
      if isLate { return max(most >> numbers.next(below: 3), small) }
      guard small > 0, numbers.chance(machine.isLarge ? 8 : 1, outOf: 12) else {
        return small
      }
      return min(small * max(numbers.powerOfTwo(upTo: most / small), 1), most)
    }
    (self.granule, self.largest, self.usual, self.affordable) = (
      granule, largest, usual, affordable
    )
    self.isLate = isLate
    // Where each buffer takes a region of its own, regions become many.
    let isLoop = choices.bias(otherwise: false) { numbers in
      length > 64 && machine.isLarge && numbers.chance(7, outOf: 8)
    }
    kinds = choices.bias(otherwise: Weights(CommandForm.all.map(\.weight))) { numbers in
      if isLoop { return Weights(Self.loop.within(limits)) }
      var weights = Self.weights(on: machine, &numbers)
      if isLate { weights[Command.Kind.unshareAll.rawValue] = 6 }
      return Weights(weights.within(limits))
    }
    lastKinds = isLoop && limits.calls.contains(.unshareAll) ? Self.teardown : kinds
    let hasScantMMIO = machine.hasScantMMIO
    self.hasScantMMIO = hasScantMMIO
    let faults = choices.bias(otherwise: Self.usualFaults) { numbers in
      let isLikely = hasScantMMIO || !machine.startsInitialised
      switch numbers.next(below: 8) {
      case _ where isLoop: return Self.noFaults
      case _ where isLate: return Self.manyFaults
      case 0: return Self.manyFaults
      case 1, 2, 3: return isLikely ? Self.manyFaults : Self.usualFaults
      case 4, 5: return isLikely ? Self.manyFaults : Self.noFaults
      default: return Self.noFaults
      }
    }
    self.faults = faults.leaving(out: limits.leftOut)
    secondFaults = (hasScantMMIO ? Self.failures : Self.oneFault).leaving(out: limits.leftOut)
    slots = choices.bias(otherwise: UInt64(Slot.count)) { numbers in
      2 + numbers.next(below: UInt64(Slot.count) - 1)
    }
    sizes = choices.bias(otherwise: nil) { numbers in
      if isLoop { return Palette(most: 1, &numbers) { _ in granule } }
      guard numbers.chance(1, outOf: 2) else { return nil }
      if usual > small { return Palette(most: 1, &numbers) { _ in usual } }
      return Palette(most: 3, &numbers) {
        Self.edge(granule, largest, usual, affordable, &$0)
      }
    }
  }

  /// How often each kind of command is drawn in a program.
  private static func weights(
    on machine: Configuration, _ numbers: inout RandomNumbers
  ) -> [UInt32] {
    var weights = CommandForm.all.map(\.weight)
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
    if numbers.chance(machine.hasScantMMIO ? 9 : 1, outOf: 12) {
      weights[Command.Kind.mapMMIO.rawValue] = 48
      weights[Command.Kind.unmapAllMMIO.rawValue] = 16
    }
    // Where more is freed than made, blocks meet their free buddies.
    if numbers.chance(1, outOf: 2) { weights[Command.Kind.free.rawValue] *= 2 }
    // Before an init there is little else to try, and a bad one can be followed by another.
    if !machine.startsInitialised { weights[Command.Kind.initialise.rawValue] = 24 }
    // What the heap lacks is added, and used.
    if machine.heldBack > 0 {
      weights[Command.Kind.heapAdd.rawValue] = 6
      weights[Command.Kind.heapAllocate.rawValue] = 18
    }
    return weights
  }

  /// The weights where regions become as many as there are commands.
  private static let loop = CommandForm.all.map { form -> UInt32 in
    switch form.kind {
    case .allocate: 120
    case .free, .dmaAlloc, .share, .heapAllocate, .write: 1
    default: 0
    }
  }

  /// The weights of what ends such a program: only `unshareAll` reports.
  private static let teardown = Weights(
    CommandForm.all.map { $0.kind == .unshareAll ? 1 : 0 })

  /// A size of the palette, or any.
  func size(_ numbers: inout RandomNumbers) -> UInt64 {
    if let sizes, numbers.chance(7, outOf: 8) { return sizes.draw(&numbers) }
    return Self.edge(granule, largest, usual, affordable, &numbers)
  }

  /// A size on an edge: mostly one that some machine of this kind can serve, seldom 0 or absurd.
  private static func edge(
    _ granule: UInt64, _ largest: UInt64, _ usual: UInt64, _ affordable: UInt64,
    _ numbers: inout RandomNumbers
  ) -> UInt64 {
    switch numbers.next(below: 32) {
    case 0 where numbers.chance(1, outOf: 4): .max - numbers.next(below: 2)
    case 0: Self.affordable(numbers.edgeBiased(upTo: .max, unit: granule), affordable, largest)
    case 1: Self.affordable(numbers.edgeBiased(upTo: largest, unit: granule), affordable, largest)
    case 2...11: max(1, numbers.edgeBiased(upTo: min(usual, 256), unit: granule))
    case 12...15: max(1, usual - min(usual, numbers.next(below: 2)))
    default: max(1, numbers.edgeBiased(upTo: usual, unit: granule))
    }
  }

  /// A size, or what is affordable instead of a larger one that the arena has.
  func affordable(_ size: UInt64) -> UInt64 { Self.affordable(size, affordable, largest) }

  /// The same of pages.
  func affordablePages(_ pages: UInt64) -> UInt64 {
    let (size, overflow) = pages.multipliedReportingOverflow(by: 4096)
    return overflow ? pages : affordable(size) / 4096
  }

  private static func affordable(
    _ size: UInt64, _ affordable: UInt64, _ largest: UInt64
  ) -> UInt64 {
    size > affordable && size <= largest ? affordable : size
  }

  /// A place of a command's hypercalls, from 0: mostly one of the first, or any of those that the
  /// command can have, or by magnitude.
  ///
  /// - Parameter most: the calls that it can have.
  func faultPosition(
    of most: UInt64, below bound: UInt64, _ numbers: inout RandomNumbers
  ) -> UInt64 {
    let most = min(most, bound)
    if isLate {
      return numbers.next(below: numbers.chance(3, outOf: 4) ? most : min(most * 2, bound))
    }
    switch numbers.next(below: 8) {
    case 0: return numbers.next(below: most)
    case 1: return numbers.next(below: numbers.powerOfTwo(upTo: most))
    default: return numbers.next(below: 6)
    }
  }

  /// About how many hypercalls a command has, and at least six.
  func calls(of command: Command) -> UInt64 {
    let granules: UInt64 =
      switch command {
      case .allocate(_, let size, let alignment): max(size, alignment) / granule
      case .dmaAlloc(_, let pages, _): min(pages, 1 << 40) * 4096 / granule
      case .share(_, let size, _, _): size / granule
      case .unshareAll: largest / granule
      case .mapMMIO(_, let pages, _): pages
      default: 0
      }
    return 6 < granules && granules <= largest / granule ? granules : 6
  }

  /// The choice of an alignment: mostly 1, or a power of two that the pool can serve.
  func alignment(_ numbers: inout RandomNumbers) -> UInt64 {
    let most = UInt64(63 - max(usual, 1).leadingZeroBitCount)
    switch numbers.next(below: 16) {
    case 0:
      let choice = numbers.next(below: UInt64(CommandArgument.alignments.count))
      let alignment = CommandArgument.alignments[Int(choice)]
      return affordable(alignment) == alignment ? choice : 0
    case 1: return min(most, UInt64(granule.trailingZeroBitCount))
    case 2: return min(most, 12)
    case 3, 4, 5: return numbers.next(below: most + 1)
    default: return 0
    }
  }
}

extension [UInt32] {
  /// The weights of commands, less those that ask for a call which a system does not have, and
  /// those that programs leave out.
  fileprivate func within(_ limits: MachineLimits) -> [UInt32] {
    if limits.calls == .all, limits.leftOut.isEmpty { return self }
    return zip(Command.Kind.allCases, self).map {
      $0.call.isSubset(of: limits.calls) && $0.part.isDisjoint(with: limits.leftOut)
        ? $1 : 0
    }
  }
}

extension Weights {
  /// The weights of faults, less those that programs leave out.
  fileprivate func leaving(out parts: ProgramParts) -> Weights {
    if parts.isEmpty { return self }
    return Weights(
      zip(Grammar.faultKinds, self.parts).map { $0.part.isDisjoint(with: parts) ? $1 : 0 })
  }
}

extension Configuration {
  /// Whether the arena has many granules, or many bytes.
  fileprivate var isLarge: Bool { arenaSize / granule >= 128 || arenaSize >= 1 << 30 }
  fileprivate var hasScantMMIO: Bool { mmioRecords < 8 }
}
