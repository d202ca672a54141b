import PropertyTesting
import Testing

/// Runs many programs of a machine, and records an issue for each way to fail and each complaint.
///
///     @Test func queue() {
///       check(queueMachine, required: ["full"])
///     }
///
/// An issue holds the simplest program, the statistics, the seed, and the program as a test of its
/// own, and that program is kept: the next time it is replayed before the search, which is not run
/// as long as it fails. `PROPERTY_TESTING_SEED` and `PROPERTY_TESTING_PROGRAMS` in the environment
/// say otherwise than the call which programs are run.
///
/// - Parameters:
///   - programs: how many programs are run.
///   - seed: what decides which.
///   - required: labels that some program must have.
///   - failures: where failing programs are kept, to be replayed before the search.
public func check<Model, System: ~Copyable>(
  _ machine: StateMachine<Model, System>, programs: Int = 500, seed: UInt64 = 1,
  required: [String] = [], failures: KeptFailures = .standard,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let shelf = FailureShelf<MachineFailure>(
    failures, at: sourceLocation, write: { machine.text(of: $0) },
    read: { try machine.parse($0) })
  Search(seed: seed, programs: programs, required: required).overridden().check(
    machine.property, shelf, at: sourceLocation
  ) { testCase in
    """
    \(machine.transcript(of: testCase))

    \(machine.testSource(of: testCase))
    """
  }
}

/// In what way a value fails.
private enum ValueFailure: Hashable, CustomStringConvertible {
  case doesNotHold
  case throwing(String)

  var description: String {
    switch self {
    case .doesNotHold: "does not hold"
    case .throwing(let error): "throws \(error)"
    }
  }
}

/// Runs a check with many values, and records an issue with the simplest for which it does not
/// hold.
///
///     @Test func sorting() {
///       check(Generator<Int>.integer.array()) { $0.sorted().count == $0.count }
///     }
///
/// - Parameter holds: whether all is well; an error says no, except `Discard`. `#expect` in it
///   would record every value on the way to the simplest.
public func check<Value>(
  _ values: Generator<Value>, programs: Int = 500, seed: UInt64 = 1,
  failures: KeptFailures = .standard, sourceLocation: SourceLocation = #_sourceLocation,
  holds: @escaping (Value) throws -> Bool
) {
  check(
    values, programs: programs, seed: seed, failures: failures, sourceLocation: sourceLocation
  ) { value, _ in
    try holds(value)
  }
}

/// Runs a check that labels its values; see the one without notes.
///
/// - Parameter required: labels that some value must have.
public func check<Value>(
  _ values: Generator<Value>, programs: Int = 500, seed: UInt64 = 1, required: [String] = [],
  failures: KeptFailures = .standard, sourceLocation: SourceLocation = #_sourceLocation,
  holds: @escaping (Value, inout Notes) throws -> Bool
) {
  let property = Property<ValueFailure>(maximumLength: 1) { choices throws(Discard) in
    let value = try choices.record { choices throws(Discard) in try values.draw(from: &choices) }
    do {
      return try holds(value, &choices.notes) ? nil : .doesNotHold
    } catch let discard as Discard {
      throw discard
    } catch {
      return .throwing("\(type(of: error))")
    }
  }
  let shelf = FailureShelf<ValueFailure>(
    failures, at: sourceLocation, write: \.keyText, read: { try TestCase(keyText: $0) })
  Search(seed: seed, programs: programs, required: required).overridden().check(
    property, shelf, at: sourceLocation
  ) { testCase in
    values.value(of: testCase).map { "\($0)" } ?? "discarded"
  }
}
