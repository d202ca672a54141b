import PropertyTesting
import SimulatedHypervisors

/// The one grammar: it turns choices into a program, wherever the choices come from.
///
/// It never asks model or system, so every case and every byte string is a program, and a damaged
/// record harms only itself. `Grammar+Choices.swift` is the way back.
public struct Grammar: Sendable {
  /// Bytes of the configuration's record and of a command's.
  public static var configurationWidth: Int { 32 }
  public static var commandWidth: Int { 16 }
  /// The space of the slots, as the shrinker calls it.
  static var slots: UInt8 { 0 }

  /// The most commands that a random program has.
  public var maximumLength: Int
  /// The machines that programs are for.
  public var limits: MachineLimits

  public init(maximumLength: Int = 50, limits: MachineLimits = MachineLimits()) {
    self.maximumLength = maximumLength
    self.limits = limits
  }

  /// The most commands of the random program that belongs to a seed: of one in 64 many times as
  /// many, since there is a depth that 50 commands do not reach.
  public func maximumLength(seed: UInt64) -> Int {
    seed % 64 == 63 ? maximumLength * 8 : maximumLength
  }

  public func program(from choices: inout Choices) -> Program {
    let configuration = configuration(from: &choices)
    var steps: [Step] = []
    let draw = Draw(configuration, limits, &choices)
    while choices.hasMoreRecords() {
      steps.append(step(from: &choices, draw))
    }
    return Program(configuration: configuration, steps: steps)
  }

  public func program(seed: UInt64) -> Program {
    var choices = Choices(seed: seed, maximumLength: maximumLength(seed: seed))
    return program(from: &choices)
  }

  /// The case that belongs to a seed: the same program, with what was chosen for it.
  public func testCase(seed: UInt64) -> TestCase {
    var choices = Choices(
      seed: seed, maximumLength: maximumLength(seed: seed), recording: true)
    _ = program(from: &choices)
    return choices.recorded
  }
}

// MARK: The configuration

extension Grammar {
  static let granuleShifts = Alternatives(
    [12, 14, 16, 6, 0, 20], weights: [60, 12, 8, 12, 8, 3], in: 0...30)
  static let minimumShifts = Alternatives(
    [4, 3, 0, 12, 16, 20], weights: [60, 16, 12, 8, 2, 2], in: 0...20)
  /// The same numbers, drawn for a small granule: a block of 4096 would cost thousands of
  /// hypercalls.
  static let smallMinimumShifts = Alternatives(
    [4, 3, 0, 12, 16, 20], weights: [30, 30, 40, 0, 0, 0], in: 0...20)
  static let poolOrders = Alternatives(
    [16, 2, 3, 4, 5, 6, 7, 12, 13, 32, 64], weights: [40, 12, 8, 7, 6, 6, 5, 4, 4, 8, 3],
    in: 1...64)
  static let heapOrders = Alternatives(
    [16, 2, 3, 4, 5, 6, 7, 12, 13, 32, 64], weights: [80, 1, 1, 1, 1, 1, 1, 4, 4, 12, 3],
    in: 1...64)
  /// In pages of 4096 bytes.
  static let mmioGranules = Alternatives([1, 2, 4, 16, 3], weights: [28, 1, 1, 1, 1], in: 1...16)
  /// Bytes that the pool's metadata is short of.
  static let missingMetadata: [UInt64] = [0, 8, 1, 64, 4096]
  static let missingMetadataWeights: Weights = [60, 1, 1, 1, 1]
  static let mmioRecords = Alternatives([256, 1, 2, 3, 0], weights: [28, 1, 1, 1, 1], in: 0...256)
  static let disguiseWeights: Weights = [240, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 4]
  /// The usual start of the arena, which is the choice 0.
  static var usualStart: UInt64 { 0x8000_0000 }

  func configuration(from choices: inout Choices) -> Configuration {
    choices.record(bytes: Self.configurationWidth) { choices in
      let length = choices.recordsToCome
      let oddity = choices.bias(otherwise: .none) { Oddity.draw(length: length, &$0) }
      var result = Configuration()
      let granule: UInt64 = 1 << Self.granuleShifts.choose(&choices, instead: oddity.granuleShift)
      result.granule = granule
      let shifts = granule < 64 ? Self.smallMinimumShifts : Self.minimumShifts
      result.minimumBlock =
        1 << shifts.choose(&choices) { oddity.minimumShift(granule: granule, &$0) }
      result.poolOrders = Self.poolOrders.choose(&choices, instead: oddity.orders)
      result.heapOrders = Self.heapOrders.choose(&choices, instead: oddity.orders)
      let machine = result
      result.arenaSize = choices.magnitude { numbers in
        oddity.arenaSize(on: machine, &numbers) ?? machine.drawArenaSize(&numbers)
      }
      let size = result.arenaSize
      result.arenaStart =
        Self.usualStart
        ^ choices.integer(below: 0) { numbers in
          Self.usualStart ^ machine.drawArenaStart(size, &numbers)
        }
      result.staticPages =
        1 + choices.integer(below: 256) { numbers in machine.drawStaticPages(&numbers) - 1 }
      result.virtualOffset =
        65536
        * choices.integer(below: 65536) { numbers in
          numbers.chance(1, outOf: 2) ? 0 : 1 + numbers.next(below: 8)
        }
      result.startsInitialised = !choices.flag(1, outOf: 8)
      result.heapRule = choices.flag(1, outOf: 4) ? .firstFit : .buddy
      result.heldBack =
        result.minimumBlock
        * choices.integer(below: 1 << 20) { numbers in
          machine.drawHeldBack(size, &numbers)
        }
      result.mmioGranule = 4096 * Self.mmioGranules.choose(&choices)
      result.missingPoolMetadata =
        Self.missingMetadata[choices.index(weights: Self.missingMetadataWeights)]
      // The record of a region of up to 64 granules takes 32 bytes.
      result.regionRecordBytes =
        8
        * choices.integer(below: 256) { numbers in
          numbers.chance(1, outOf: 12) ? 1 + numbers.next(below: 32) : 0
        }
      result.mmioRecords = Self.mmioRecords.choose(&choices)
      result.disguise = Disguise.allCases[choices.index(weights: Self.disguiseWeights)]
      return limits.nearest(result.normalised)
    }
  }
}

extension Configuration {
  /// A size that leaves the pool some regions, and the allocators not too many top blocks. Arenas
  /// of many small granules are rare: every granule costs two hypercalls.
  fileprivate func drawArenaSize(_ numbers: inout RandomNumbers) -> UInt64 {
    // By magnitude: from one block to as many as there may be, if they are few top blocks, and the
    // records of all granules fit into the memory that a worker has.
    if numbers.chance(1, outOf: 32) {
      let most = min(minimumBlock << 20, granule << 24, min(poolTop, heapTop, 1 << 36) * 64)
      let isLargest = numbers.chance(1, outOf: 4)
      return isLargest ? most : max(numbers.powerOfTwo(upTo: most), minimumBlock)
    }
    let isLarge = numbers.chance(granule < 64 ? 1 : 4, outOf: 64)
    let unit = isLarge ? min(max(granule, 4096), granule * 128) : granule
    let units = numbers.chance(1, outOf: 2) ? 32 : 1 + numbers.next(below: 64)
    let ragged =
      numbers.chance(1, outOf: 8) ? numbers.next(below: max(granule / minimumBlock, 4)) : 0
    let most = min(minimumBlock * 16384, min(poolTop, heapTop, 1 << 24) * 32)
    return max(min(unit * units + ragged * minimumBlock, most), minimumBlock)
  }

  /// Pages of a random static range, no more than are few top blocks: up to 16, seldom up to 256.
  fileprivate func drawStaticPages(_ numbers: inout RandomNumbers) -> UInt64 {
    let most = max(1, min(poolTop, 1 << 20) * 32 / 4096)
    let mayBeLong = numbers.chance(1, outOf: minimumBlock > 4096 ? 2 : 64)
    if mayBeLong { return 1 + numbers.next(below: min(256, most)) }
    return 1 + numbers.next(below: min(16, most))
  }

  /// Minimum blocks that the heap does not have from the start: none, half, or nearly all.
  fileprivate func drawHeldBack(_ size: UInt64, _ numbers: inout RandomNumbers) -> UInt64 {
    let blocks = min(size / minimumBlock, 1 << 20)
    return switch numbers.next(below: 32) {
    case 0: blocks / 2
    case 1: blocks - 1 - min(numbers.next(below: 4), blocks - 1)
    default: 0
    }
  }

  fileprivate func drawArenaStart(_ size: UInt64, _ numbers: inout RandomNumbers) -> UInt64 {
    // What devices lie in is no main memory.
    let mayBeLow = size <= 1 << 26 && granule <= 1 << 26
    return switch numbers.next(below: 16) {
    case 0 where size > 4096 + minimumBlock && mayBeLow: 0
    case 1 where mayBeLow: granule
    case 2: Grammar.usualStart + granule / 2
    case 3: Grammar.usualStart + minimumBlock * (1 + numbers.next(below: 7))
    case 4: Grammar.usualStart + 1 + numbers.next(below: 4095)
    // Near the top of the address space: with some room after it, less than a granule, or none.
    case 5: UInt64.max - size - [0x1f_ffff, granule - 1, 4096, 0][Int(numbers.next(below: 4))]
    case 6: 1 << (32 + numbers.next(below: 24))
    default: Grammar.usualStart
    }
  }
}

// MARK: Commands

extension Grammar {
  /// Garbage is not a power of two: a guest cannot tell a wrong granule from a right one.
  public static let faultModes: [FaultMode] = [.fails, .failsButTakesEffect, .answersGarbage(3)]
  /// Modes that differ from those for few cores: another error, and garbage whose lower half is 0.
  public static let rareFaultModes: [FaultMode] = [.fails(answer: -1), .answersGarbage(3 << 32)]
  /// The hypercalls of a command, from the first on, that a proof lets fail.
  public static var faultPositions: Int { 16 }
  /// The hypercalls of a command, from the first on, that can have a fault.
  static var mostFaultPositions: Int { 8192 }

  /// What can go wrong in a command, the plainest first. The position is chosen after it.
  enum FaultKind: Equatable, Sendable {
    case none
    case hypercall(FaultMode)
    case heapAllocation
    case heapFree
    case hypercalls(FaultMode)
    case host(HostDeed)
    case guest(GuestDeed)

    /// Whether it has a position.
    var hasPosition: Bool { self != .none && self != .heapAllocation }
  }

  static let faultKinds: [FaultKind] =
    [.none] + faultModes.map { .hypercall($0) } + [.heapAllocation, .heapFree]
    + rareFaultModes.map { .hypercall($0) } + faultModes.map { .hypercalls($0) }
    + HostDeed.allCases.map { .host($0) } + GuestDeed.allCases.map { .guest($0) }

  func step(from choices: inout Choices, _ draw: Draw) -> Step {
    choices.record(bytes: Self.commandWidth) { choices in
      let kinds = choices.recordsToCome > 0 ? draw.kinds : draw.lastKinds
      let form = draw.forms[choices.index(weights: kinds, role: .shape)]
      var values = ArgumentValues()
      for argument in form.chosenArguments { argument.choose(&choices, draw, &values) }
      let command = form.make(values)
      return Step(command, faults: form.canFail ? faults(of: command, &choices, draw) : [])
    }
  }

  private func faults(
    of command: Command, _ choices: inout Choices, _ draw: Draw
  ) -> CommandFaults {
    guard let first = fault(of: command, &choices, draw.faults, draw) else { return [] }
    guard let second = fault(of: command, &choices, draw.secondFaults, draw) else {
      return [first]
    }
    return [first, second]
  }

  private func fault(
    of command: Command, _ choices: inout Choices, _ weights: Weights, _ draw: Draw
  ) -> CommandFault? {
    let kind = Self.faultKinds[choices.index(weights: weights)]
    var position = 1
    if kind.hasPosition {
      let most = UInt64(Self.mostFaultPositions)
      let calls = kind == .heapFree ? 6 : draw.calls(of: command)
      position += Int(
        choices.integer(below: most) { draw.faultPosition(of: calls, below: most, &$0) })
    }
    switch kind {
    case .none: return nil
    case .hypercall(let mode): return .hypercall(position: position, mode)
    case .hypercalls(let mode): return .hypercalls(from: position, mode)
    case .heapAllocation: return .heapAllocation
    case .heapFree: return .heapFree(position: position)
    case .host(let deed): return .host(deed, before: position)
    case .guest(let deed): return .guest(deed, before: position)
    }
  }
}
