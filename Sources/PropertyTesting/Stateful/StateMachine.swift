/// Programs of commands against a system, and a model that says what is right.
///
/// A machine is a few closures; every run makes a fresh model and a fresh system. Commands are
/// added one by one, each with what it needs, does and promises:
///
///     let machine = StateMachine(model: { [Int]() }, system: { Queue() }) { machine in
///       machine.command(
///         "push", Generator<Int>.uniform(in: 0...9),
///         run: { queue, value in queue.push(value) },
///         update: { model, value, _ in model.append(value) })
///       machine.command(
///         "pop",
///         require: { model in !model.isEmpty },
///         run: { queue in queue.pop() },
///         update: { model, _ in model.removeFirst() },
///         ensure: { seen in
///           seen.answer == seen.before.first ? nil : "the first was \(seen.before[0])"
///         })
///     }
///
/// Nothing a command chooses may depend on model or system, so that every case can be replayed;
/// what cannot be done is skipped instead, and counted.
public struct StateMachine<Model, System: ~Copyable>: Sendable {
  /// The most steps that a random program has.
  public var maximumLength: Int
  /// The bytes that one step takes of a byte string; what needs more reads zeros.
  public var bytesPerStep = 16

  let start: @Sendable (inout Choices) throws(Discard) -> Start
  private(set) var commands: [Command] = []
  private(set) var invariants: [NamedCheck] = []
  private(set) var teardowns: [NamedCheck] = []
  private(set) var observe: (@Sendable (Model, inout Notes) -> Void)?

  struct Command: Sendable {
    let name: String
    let weight: UInt32
    let draw: @Sendable (inout Choices) throws(Discard) -> DrawnStep<Model, System>

    /// Whether a line that begins with the name can be read again.
    var isReadable: Bool {
      let marks: [Character] = ["(", "|", "#", "-", "✗", "«", "=", "→"]
      return !name.isEmpty && !name.contains { $0.isNewline || marks.contains($0) }
    }
  }

  struct NamedCheck: Sendable {
    let name: String
    let evidence: @Sendable (Model, inout System) -> String?
  }

  /// What a run starts from.
  struct Start {
    let model: Model
    let system: () -> System
    let text: () -> String
  }

  /// Makes a machine whose runs all start alike.
  public init(
    maximumLength: Int = 50,
    model: @escaping @Sendable () -> Model, system: @escaping @Sendable () -> System,
    _ build: (inout StateMachine) -> Void
  ) {
    self.maximumLength = maximumLength
    start = { _ in Start(model: model(), system: system, text: { "start()" }) }
    build(&self)
  }

  /// Makes a machine whose runs start from settings that are chosen too, a capacity say.
  public init<Settings>(
    maximumLength: Int = 50, settings: Generator<Settings>,
    model: @escaping @Sendable (Settings) -> Model,
    system: @escaping @Sendable (Settings) -> System,
    _ build: (inout StateMachine) -> Void
  ) {
    self.maximumLength = maximumLength
    start = { choices throws(Discard) in
      let chosen = try settings.draw(from: &choices)
      return Start(
        model: model(chosen), system: { system(chosen) },
        text: { callText("start", [chosen]) })
    }
    build(&self)
  }
}

extension StateMachine where System: ~Copyable {
  mutating func add(_ command: Command) {
    precondition(
      !commands.contains { $0.name == command.name }, "two commands are called \(command.name)")
    precondition(command.name != "start", "the settings are called start")
    precondition(command.isReadable, "\(command.name) cannot be told from what stands around it")
    commands.append(command)
  }

  /// Adds something that holds at the start and after every step.
  ///
  /// - Parameter evidence: `nil`, or in what way it does not hold.
  public mutating func invariant(
    _ name: String, _ evidence: @escaping @Sendable (Model, inout System) -> String?
  ) {
    invariants.append(NamedCheck(name: name, evidence: evidence))
  }

  /// Adds something to do, and to hold, after the last step of a program in which nothing failed.
  ///
  /// - Parameter evidence: `nil`, or what went wrong.
  public mutating func teardown(
    _ name: String, _ evidence: @escaping @Sendable (Model, inout System) -> String?
  ) {
    teardowns.append(NamedCheck(name: name, evidence: evidence))
  }

  /// Says what to note at the start and after every step: labels, states, a score.
  public mutating func notes(_ observe: @escaping @Sendable (Model, inout Notes) -> Void) {
    self.observe = observe
  }

  /// The machine as a property: no program of it fails.
  public var property: Property<MachineFailure> {
    precondition(!commands.isEmpty, "a machine has a command")
    let machine = self
    return Property(maximumLength: maximumLength) { choices throws(Discard) in
      var transcript: Transcript?
      return try machine.play(&choices, &transcript)
    }
  }
}
