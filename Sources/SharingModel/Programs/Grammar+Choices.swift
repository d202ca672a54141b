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
    let form = step.command.kind.form
    let values = step.command.arguments
    var choices = [UInt64(form.kind.rawValue)]
    for argument in form.chosenArguments {
      guard let choice = argument.choice(of: values) else { return nil }
      choices.append(choice)
    }
    return choices + (form.canFail ? Self.choices(of: step.fault) : [])
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
}
