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
      let heapOrders = heapOrders.choice(of: configuration.heapOrders),
      let mmioGranule = mmioGranules.choice(of: configuration.mmioGranule / 4096),
      let missing = missingMetadata.firstIndex(of: configuration.missingPoolMetadata),
      let mmioRecords = mmioRecords.choice(of: configuration.mmioRecords)
    else { return nil }
    return [
      granule, minimum, poolOrders, heapOrders, configuration.arenaSize,
      configuration.arenaStart ^ usualStart, configuration.staticPages &- 1,
      // That of mapped memory is not chosen: the machine's limits have it.
      configuration.isMappable ? 0 : configuration.virtualOffset / 65536,
      configuration.startsInitialised ? 0 : 1,
      UInt64(configuration.heapRule.rawValue), configuration.heldBack / configuration.minimumBlock,
      mmioGranule, UInt64(missing), configuration.regionRecordBytes / 8, mmioRecords,
      configuration.disguise.rawValue,
    ]
  }

  private static func choices(of step: Step) -> [UInt64]? {
    let form = step.command.kind.form
    let values = step.command.arguments
    var choices = [UInt64(form.kind.rawValue)]
    for argument in form.chosenArguments {
      guard let choice = argument.choice(of: values) else { return nil }
      choices.append(choice)
    }
    guard form.canFail else { return choices }
    for fault in step.faults { choices += Self.choices(of: fault) }
    return step.faults.count < CommandFaults.most ? choices + [0] : choices
  }

  private static func choices(of fault: CommandFault) -> [UInt64] {
    let (kind, position): (FaultKind, Int) =
      switch fault {
      case .hypercall(let position, let mode): (.hypercall(mode), position)
      case .hypercalls(let position, let mode): (.hypercalls(mode), position)
      case .heapAllocation: (.heapAllocation, 1)
      case .heapFree(let position): (.heapFree, position)
      case .host(let deed, let position): (.host(deed), position)
      case .guest(let deed, let position): (.guest(deed), position)
      }
    // A mode that is not in the list becomes another program, which the caller sees.
    let index = UInt64(faultKinds.firstIndex(of: kind) ?? 0)
    return kind.hasPosition ? [index, UInt64(max(position, 1) - 1)] : [index]
  }
}
