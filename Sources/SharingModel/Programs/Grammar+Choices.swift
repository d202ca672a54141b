import MemorySharing
import PropertyTesting
import SimulatedHypervisors

// The way back: which choices make a given program. A test holds the two together.

extension Grammar {
  /// The case that the grammar reads as this program; nil where no choices make it.
  public func testCase(of program: Program) -> TestCase? {
    guard let first = Self.choices(of: program.configuration) else { return nil }
    var records = [Record(width: Self.configurationWidth, choices: first.map { Choice(value: $0) })]
    for step in program.steps {
      guard let values = Self.choices(of: step) else { return nil }
      records.append(
        Record(width: Self.commandWidth, choices: values.map { Choice(value: $0) }))
    }
    var choices = Choices(replaying: TestCase(records: records))
    guard self.program(from: &choices) == program else { return nil }
    return choices.recorded
  }

  private static func choices(of configuration: Configuration) -> [UInt64]? {
    guard
      let granule = granuleShifts.choice(of: UInt64(configuration.granule.trailingZeroBitCount)),
      let minimum = minimumShifts.choice(
        of: UInt64(configuration.minimumBlock.trailingZeroBitCount)),
      let poolOrders = poolOrders.choice(of: configuration.poolOrders),
      let heapOrders = heapOrders.choice(of: configuration.heapOrders)
    else { return nil }
    return [
      granule, minimum, poolOrders, heapOrders, configuration.arenaSize,
      configuration.arenaStart ^ usualStart, configuration.staticPages &- 1,
      configuration.virtualOffset / 65536, configuration.startsInitialised ? 0 : 1,
      UInt64(configuration.heapRule.rawValue),
    ]
  }

  private static func choices(of step: Step) -> [UInt64]? {
    guard let arguments = arguments(of: step.command) else { return nil }
    let kind = step.command.kind
    return [UInt64(kind.rawValue)] + arguments + (kind.canFail ? choices(of: step.fault) : [])
  }

  private static func arguments(of command: Command) -> [UInt64]? {
    switch command {
    case .allocate(let slot, let size, let alignment):
      guard let alignment = choice(ofAlignment: alignment) else { return nil }
      return [UInt64(slot.index), alignment, size]
    case .free(let slot, let way): return [UInt64(slot.index), UInt64(way.rawValue)]
    case .dmaAlloc(let slot, let pages, let direction):
      return [UInt64(slot.index), choice(of: direction), pages]
    case .share(let slot, let size, let direction):
      return [UInt64(slot.index), choice(of: direction), size]
    case .heapAllocate(let slot, let size, let alignment, let zeroed):
      guard let alignment = choice(ofAlignment: alignment) else { return nil }
      return [UInt64(slot.index), alignment, zeroed ? 1 : 0, size]
    case .write(let slot), .pin(let slot): return [UInt64(slot.index)]
    case .unshareAll, .unmapAllMMIO, .scribble, .unpinAll: return []
    case .initialise(let initialisation): return [UInt64(initialisation.rawValue)]
    case .mapMMIO(let page, let pages): return [page, pages &- 1]
    case .standingFault(nil): return [0]
    case .standingFault(let mode?): return faultModes.firstIndex(of: mode).map { [UInt64($0 + 1)] }
    }
  }

  private static func choices(of fault: CommandFault?) -> [UInt64] {
    switch fault {
    case nil: return [0]
    case .heapAllocation: return [UInt64(faultModes.count + 1)]
    case .hypercall(let position, let mode):
      // A mode that is not in the list becomes another program, which the caller sees.
      let index = faultModes.firstIndex(of: mode) ?? 0
      return [UInt64(index + 1), UInt64(max(position, 1) - 1)]
    }
  }

  private static func choice(ofAlignment alignment: UInt64) -> UInt64? {
    (0..<UInt64(alignmentCount)).first { self.alignment($0) == alignment }
  }

  private static func choice(of direction: BufferDirection) -> UInt64 {
    UInt64(directions.firstIndex(of: direction) ?? 0)
  }
}
