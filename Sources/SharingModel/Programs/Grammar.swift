import MemorySharing
import PropertyTesting
import SimulatedHypervisors

/// The one grammar: it turns choices into a program, wherever the choices come from.
///
/// It never asks model or system, so every case and every byte string is a program, and a damaged
/// record harms only itself. `Grammar+Choices.swift` is the way back.
public struct Grammar: Sendable {
  /// Bytes of the configuration's record and of a command's.
  public static var configurationWidth: Int { 24 }
  public static var commandWidth: Int { 16 }
  /// The space of the slots, as the shrinker calls it.
  static var slots: UInt8 { 0 }

  /// The most commands that a random program has.
  public var maximumLength: Int

  public init(maximumLength: Int = 50) { self.maximumLength = maximumLength }

  public func program(from choices: inout Choices) -> Program {
    let configuration = configuration(from: &choices)
    var steps: [Step] = []
    let draw = Draw(configuration, &choices)
    while choices.hasMoreRecords() {
      steps.append(step(from: &choices, draw))
    }
    return Program(configuration: configuration, steps: steps)
  }

  public func program(seed: UInt64) -> Program {
    var choices = Choices(seed: seed, maximumLength: maximumLength)
    return program(from: &choices)
  }

  /// The case that belongs to a seed: the same program, with what was chosen for it.
  public func testCase(seed: UInt64) -> TestCase {
    var choices = Choices(seed: seed, maximumLength: maximumLength, recording: true)
    _ = program(from: &choices)
    return choices.recorded
  }
}

// MARK: The configuration

extension Grammar {
  static let granuleShifts = Alternatives(
    [12, 14, 16, 6, 0], weights: [60, 12, 8, 12, 8], in: 0...20)
  static let minimumShifts = Alternatives([4, 3, 0, 12], weights: [60, 16, 12, 8], in: 0...16)
  /// The same numbers, drawn for a small granule: a block of 4096 would cost thousands of hypercalls.
  static let smallMinimumShifts = Alternatives(
    [4, 3, 0, 12], weights: [30, 30, 40, 0], in: 0...16)
  static let poolOrders = Alternatives(
    [16, 2, 3, 4, 5, 6, 7, 12, 13, 32], weights: [40, 12, 8, 7, 6, 6, 5, 4, 4, 8], in: 1...64)
  static let heapOrders = Alternatives(
    [16, 2, 3, 4, 5, 6, 7, 12, 13, 32], weights: [80, 1, 1, 1, 1, 1, 1, 4, 4, 6], in: 1...64)
  /// The usual start of the arena, which is the choice 0.
  static var usualStart: UInt64 { 0x8000_0000 }

  func configuration(from choices: inout Choices) -> Configuration {
    choices.record(bytes: Self.configurationWidth) { choices in
      var result = Configuration()
      result.granule = 1 << Self.granuleShifts.choose(&choices)
      let shifts = result.granule < 64 ? Self.smallMinimumShifts : Self.minimumShifts
      result.minimumBlock = 1 << shifts.choose(&choices)
      result.poolOrders = Self.poolOrders.choose(&choices)
      result.heapOrders = Self.heapOrders.choose(&choices)
      let machine = result
      result.arenaSize = choices.magnitude { numbers in machine.drawArenaSize(&numbers) }
      let size = result.arenaSize
      result.arenaStart =
        Self.usualStart
        ^ choices.integer(below: 0) { numbers in
          Self.usualStart ^ machine.drawArenaStart(size, &numbers)
        }
      result.staticPages =
        1 + choices.integer(below: 256) { numbers in numbers.next(below: machine.mostStaticPages) }
      result.virtualOffset =
        65536
        * choices.integer(below: 65536) { numbers in
          numbers.chance(1, outOf: 2) ? 0 : 1 + numbers.next(below: 8)
        }
      result.startsInitialised = !choices.flag(1, outOf: 8)
      result.heapRule = choices.flag(1, outOf: 4) ? .firstFit : .buddy
      return result.normalised
    }
  }
}

extension Configuration {
  /// A size that leaves the pool some regions, and the allocators not too many top blocks. Arenas of
  /// many small granules are rare: every granule costs two hypercalls.
  fileprivate func drawArenaSize(_ numbers: inout RandomNumbers) -> UInt64 {
    let isLarge = numbers.chance(granule < 64 ? 1 : 4, outOf: 64)
    let unit = isLarge ? min(max(granule, 4096), granule * 128) : granule
    let units = numbers.chance(1, outOf: 2) ? 32 : 1 + numbers.next(below: 64)
    let ragged =
      numbers.chance(1, outOf: 8) ? numbers.next(below: max(granule / minimumBlock, 4)) : 0
    let most = min(minimumBlock * 16384, min(poolTop, heapTop, 1 << 24) * 32)
    return max(min(unit * units + ragged * minimumBlock, most), minimumBlock)
  }

  /// The most pages of a random static range: 16, or less where that would be many top blocks.
  fileprivate var mostStaticPages: UInt64 { min(16, max(1, min(poolTop, 1 << 20) * 32 / 4096)) }

  fileprivate func drawArenaStart(_ size: UInt64, _ numbers: inout RandomNumbers) -> UInt64 {
    switch numbers.next(below: 16) {
    case 0 where size > 4096 + minimumBlock: 0
    case 1: granule
    case 2: Grammar.usualStart + granule / 2
    case 3: Grammar.usualStart + minimumBlock * (1 + numbers.next(below: 7))
    case 4: Grammar.usualStart + 1 + numbers.next(below: 4095)
    case 5: UInt64.max - 0x1f_ffff - size
    default: Grammar.usualStart
    }
  }
}

// MARK: Commands

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
  /// The few sizes that most programs keep to: blocks merge with their like only.
  let sizes: Palette?
  /// How many slots the program uses: few, so that they are used again and again.
  let slots: UInt64

  private static let usual: [UInt32] = [36, 32, 9, 8, 6, 6, 1, 2, 2, 1, 5, 2, 1, 1]
  private static let usualFaults: Weights = [92, 2, 2, 2, 2]
  private static let noFaults: Weights = [1, 0, 0, 0, 0]
  static let freeing: Weights = [24, 1, 1, 1, 1]

  init(_ configuration: Configuration, _ choices: inout Choices) {
    granule = configuration.granule
    largest = configuration.arenaSize
    usual = min(largest / 2, max(granule &* 4, 64), configuration.poolTop)
    kinds = choices.bias(otherwise: Weights(Self.usual)) { numbers in
      var weights = Self.usual
      if numbers.chance(1, outOf: 2) {
        // Allocating and freeing stay: without them nothing happens.
        for kind in 2..<weights.count {
          switch numbers.next(below: 4) {
          case 0, 1: weights[kind] = 0
          case 2: weights[kind] *= 3
          default: break
          }
        }
      }
      // Where more is freed than made, blocks meet their free buddies.
      if numbers.chance(1, outOf: 2) { weights[Command.Kind.free.rawValue] *= 2 }
      // Before an init there is little else to try, and a bad one can be followed by another.
      if !configuration.startsInitialised { weights[Command.Kind.initialise.rawValue] = 24 }
      return Weights(weights)
    }
    faults = choices.bias(otherwise: Self.usualFaults) { numbers in
      numbers.chance(1, outOf: 2) ? Self.usualFaults : Self.noFaults
    }
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

  /// The choice of an alignment: mostly 1, or a power of two that the pool can serve.
  func alignment(_ numbers: inout RandomNumbers) -> UInt64 {
    let most = UInt64(63 - max(usual, 1).leadingZeroBitCount)
    switch numbers.next(below: 16) {
    case 0: return numbers.next(below: UInt64(Grammar.alignmentCount))
    case 1: return min(most, UInt64(granule.trailingZeroBitCount))
    case 2: return min(most, 12)
    case 3, 4, 5: return numbers.next(below: most + 1)
    default: return 0
    }
  }
}

extension Grammar {
  /// Exponents of two, and then three alignments that are none.
  static var alignmentCount: Int { 67 }

  static func alignment(_ choice: UInt64) -> UInt64 {
    choice < 64 ? 1 << choice : [0, 3, 24][Int(choice) - 64]
  }

  static let directions: [BufferDirection] = [.driverToDevice, .deviceToDriver, .both]
  /// Garbage is no power of two: a guest cannot tell a wrong granule from a right one.
  public static let faultModes: [FaultMode] = [.fails, .failsButTakesEffect, .answersGarbage(3)]
  /// The hypercalls of a command, from the first on, that can have a fault.
  public static var faultPositions: Int { 16 }
  private static let initialisations = Initialisation.allCases

  func step(from choices: inout Choices, _ draw: Draw) -> Step {
    choices.record(bytes: Self.commandWidth) { choices in
      let kind =
        Command.Kind(rawValue: choices.index(weights: draw.kinds, role: .shape)) ?? .allocate
      let command = command(kind, &choices, draw)
      return Step(command, fault: kind.canFail ? fault(&choices, draw) : nil)
    }
  }

  private func command(
    _ kind: Command.Kind, _ choices: inout Choices, _ draw: Draw
  ) -> Command {
    switch kind {
    case .allocate:
      let slot = slot(&choices, .defines(Self.slots), draw)
      // The alignment is chosen first: a plain one is simpler than a small size.
      let alignment = alignment(&choices, draw)
      return .allocate(slot, size: choices.magnitude(drawing: draw.size), alignment: alignment)
    case .free:
      let slot = slot(&choices, .ends(Self.slots), draw)
      let way = choices.index(weights: Draw.freeing)
      return .free(slot, Freeing(rawValue: way) ?? .asAllocated)
    case .dmaAlloc:
      let slot = slot(&choices, .defines(Self.slots), draw)
      let direction = direction(&choices)
      let pages = choices.magnitude { numbers in
        numbers.chance(1, outOf: 24)
          ? numbers.edgeBiased(upTo: .max) : 1 + numbers.next(below: 3)
      }
      return .dmaAlloc(slot, pages: pages, direction)
    case .share:
      let slot = slot(&choices, .defines(Self.slots), draw)
      let direction = direction(&choices)
      let size = choices.magnitude { numbers in
        switch numbers.next(below: 24) {
        case 0: (1 << 32) + numbers.next(below: 3)
        case 1: numbers.edgeBiased(upTo: .max)
        case 2: numbers.next(below: 2)
        default: max(1, numbers.edgeBiased(upTo: 8192, unit: 16))
        }
      }
      return .share(slot, size: size, direction)
    case .heapAllocate:
      let slot = slot(&choices, .defines(Self.slots), draw)
      let alignment = alignment(&choices, draw)
      let zeroed = choices.flag()
      return .heapAllocate(
        slot, size: choices.magnitude(drawing: draw.size), alignment: alignment, zeroed: zeroed)
    case .write: return .write(slot(&choices, .uses(Self.slots), draw))
    case .unshareAll: return .unshareAll
    case .initialise:
      let choice = choices.integer(below: UInt64(Self.initialisations.count))
      return .initialise(Self.initialisations[Int(choice)])
    case .mapMMIO:
      return .mapMMIO(page: choices.integer(below: 8), pages: 1 + choices.integer(below: 3))
    case .unmapAllMMIO: return .unmapAllMMIO
    case .scribble: return .scribble
    case .pin: return .pin(slot(&choices, .uses(Self.slots), draw))
    case .unpinAll: return .unpinAll
    case .standingFault:
      let choice = choices.integer(below: UInt64(Self.faultModes.count + 1))
      return .standingFault(choice == 0 ? nil : Self.faultModes[Int(choice) - 1])
    }
  }

  private func fault(_ choices: inout Choices, _ draw: Draw) -> CommandFault? {
    let choice = choices.index(weights: draw.faults)
    if choice == 0 { return nil }
    if choice == Self.faultModes.count + 1 { return .heapAllocation }
    let position =
      1
      + choices.integer(below: UInt64(Self.faultPositions)) { numbers in
        numbers.next(below: 6)
      }
    return .hypercall(position: Int(position), Self.faultModes[choice - 1])
  }

  private func slot(_ choices: inout Choices, _ role: Role, _ draw: Draw) -> Slot {
    let choice = choices.integer(below: UInt64(Slot.count), role: role) { numbers in
      numbers.next(below: draw.slots)
    }
    return Slot(Int(choice))
  }

  private func direction(_ choices: inout Choices) -> BufferDirection {
    Self.directions[Int(choices.integer(below: 3))]
  }

  private func alignment(_ choices: inout Choices, _ draw: Draw) -> UInt64 {
    let choice = choices.integer(below: UInt64(Self.alignmentCount)) { draw.alignment(&$0) }
    return Self.alignment(choice)
  }
}

extension Command.Kind {
  /// Whether the command can make a hypercall, or take something from the heap.
  public var canFail: Bool {
    switch self {
    case .allocate, .dmaAlloc, .share, .unshareAll, .initialise, .mapMMIO, .unmapAllMMIO: true
    case .free, .heapAllocate, .write, .scribble, .pin, .unpinAll, .standingFault: false
    }
  }
}

/// Numbers to choose from, the usual ones first; every number of a range is among them.
struct Alternatives: Sendable {
  let values: [UInt64]
  private let weights: Weights

  /// - Parameter weights: how often the random source draws each of the usual ones.
  init(_ usual: [UInt64], weights: Weights, in range: ClosedRange<UInt64>) {
    precondition(weights.count == usual.count, "a weight for each of the usual numbers")
    self.weights = weights
    values = usual + range.filter { !usual.contains($0) }
  }

  func choose(_ choices: inout Choices) -> UInt64 {
    let choice = choices.integer(below: UInt64(values.count)) { numbers in
      UInt64(weights.draw(&numbers))
    }
    return values[Int(choice)]
  }

  func choice(of value: UInt64) -> UInt64? { values.firstIndex(of: value).map(UInt64.init) }
}
