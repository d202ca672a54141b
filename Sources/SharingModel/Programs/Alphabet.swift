import MemorySharing
import PropertyTesting
import SimulatedHypervisors

/// The commands of which programs are made where all of a length are tried.
///
/// The grammar knows 2^64 sizes. The alphabet of a proof of minimality has one of each class that a
/// program like the given one can tell apart; it belongs to that program, whose machine all the
/// others run on, and makes no claim about other machines. That of a sweep has a few of every kind.
public struct Alphabet: Equatable, Sendable {
  /// The machine of all programs.
  public let configuration: Configuration
  /// What `allocate` and `heap-allocate` ask for.
  public internal(set) var requests: [Request]
  /// The sizes that `share` asks for.
  public internal(set) var sizes: [UInt64]
  /// The pages that `dma-alloc` asks for.
  public internal(set) var pages: [UInt64]
  /// The runs of MMIO pages.
  public internal(set) var mappings: [Mapping]
  /// How many slots a program may name.
  public let slots: Int
  public let freeings: [Freeing]
  public let directions: [BufferDirection]
  /// Whether `heap-allocate` asks for zeros.
  public let zeroings: [Bool]
  public let initialisations: [Initialisation]
  public internal(set) var standingFaults: [FaultMode?]
  public internal(set) var mmioWindows: [MMIOWindow]
  public let addedRanges: [AddedRange]
  /// Whether a driver's buffer lies at the top of the address space.
  var driverPlaces = [false]
  /// What goes wrong in a command, alone or two at once; first nothing, and last, position by
  /// position, each hypercall in every mode. Only nothing, where commands have no faults.
  public let faults: [CommandFaults]
  /// The kinds of command.
  let kinds: [Command.Kind]

  public struct Request: Equatable, Sendable {
    public var size: UInt64
    public var alignment: UInt64
  }

  public struct Mapping: Equatable, Sendable {
    public var page: UInt64
    public var pages: UInt64
  }
}

extension Alphabet {
  /// All steps without a fault, once all slots but one have names.
  public var plainSteps: [Step] {
    var steps: [Step] = []
    var odometer = Odometer(length: 0)
    let next = { (choices: inout Choices) -> Step in
      var names = Names(used: max(slots - 1, 1), most: slots)
      return step(from: &choices, &names)
    }
    while let step = odometer.turn(next) {
      steps.append(step)
      if faults.count > 1, step.command.kind.canFail {
        odometer.skip(keeping: 0, spendingLastChoice: true)
      }
    }
    return steps
  }

  /// A step with each fault that it can have, and without.
  public func variants(of step: Step) -> [Step] {
    guard step.command.kind.canFail else { return [step] }
    return faults.map { Step(step.command, faults: $0) }
  }
}

// MARK: Choosing

extension Alphabet {
  /// Chooses a program of `length` steps; every choice is bounded.
  ///
  /// Slots are named in the order of their first use, since programs that differ in names only do
  /// the same. A driver's buffer lies where its slot says, so of those the first addresses are
  /// tried.
  ///
  /// - Parameter kind: the kind of the last step, where others are of no interest.
  public func program(
    from choices: inout Choices, length: Int, endingWith kind: Command.Kind? = nil
  ) -> Program {
    choices.record(bytes: Grammar.configurationWidth) { _ in }
    var steps: [Step] = []
    var names = Names(used: 0, most: slots)
    while choices.hasMoreRecords() {
      names.isLast = steps.count + 1 == length
      steps.append(step(from: &choices, &names, kind: names.isLast ? kind : nil))
    }
    return Program(configuration: configuration, steps: steps)
  }

  /// Chooses a step, and last its fault, so that a proof can skip faults that never fire.
  func step(
    from choices: inout Choices, _ names: inout Names, kind: Command.Kind? = nil
  ) -> Step {
    choices.record(bytes: Grammar.commandWidth) { choices in
      let kind = Self.one(of: kind.map { [$0] } ?? kinds, &choices)
      let form = kind.form
      var values = ArgumentValues()
      for argument in form.arguments {
        argument.chooseTried(self, &names, &choices, &values)
      }
      let canFail = form.canFail && faults.count > 1
      return Step(form.make(values), faults: canFail ? Self.one(of: faults, &choices) : [])
    }
  }

  /// The faults that every proof tries, and before those of hypercalls some of a program's own.
  static func faults(with own: [CommandFaults]) -> [CommandFaults] {
    let calls = (1...Grammar.faultPositions).flatMap { position in
      Grammar.faultModes.map { [.hypercall(position: position, $0)] as CommandFaults }
    }
    let others = own.filter { !$0.isEmpty && $0 != [.heapAllocation] && !calls.contains($0) }
    return [[], [.heapAllocation]] + others.withoutRepetitions + calls
  }

  private static func one<Value>(of values: [Value], _ choices: inout Choices) -> Value {
    values[Int(choices.integer(below: UInt64(values.count)))]
  }
}
