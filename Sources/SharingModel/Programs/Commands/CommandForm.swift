/// What there is to say of one kind of command, but what it does: a row of the table of commands.
///
/// The grammar and its inverse, the alphabet of proofs, the text of programs and the fuzzer's
/// dictionary interpret the table. What a command does, `Model.resolve` says.
public struct CommandForm: Sendable {
  public let kind: Command.Kind
  /// What the text of a program and the reports call it.
  public let word: String
  /// What it does, in one sentence.
  public let sentence: String
  /// How often a random program has it, beside the weights of the others.
  let weight: UInt32
  /// Whether every random program may have it: without it nothing happens.
  let isAlwaysDrawn: Bool
  /// Whether it can make a hypercall, or take something from the heap.
  public let canFail: Bool
  /// In the order of the text, and of the choices of a proof.
  public let arguments: [CommandArgument]
  /// The same in the order of the grammar's choices: first those that choose from a few.
  let chosenArguments: [CommandArgument]
  /// How it uses its slot; nil where it names none.
  let slotUse: SlotUse?
  public let make: @Sendable (ArgumentValues) -> Command
  /// The arguments of a command of this kind.
  public let take: @Sendable (Command) -> ArgumentValues

  /// - Parameter values: fills in the arguments of a command of this kind.
  init(
    _ kind: Command.Kind, _ word: String, _ sentence: String, weight: UInt32,
    isAlwaysDrawn: Bool = false, canFail: Bool, _ arguments: CommandArgument...,
    make: @escaping @Sendable (ArgumentValues) -> Command,
    take values: @escaping @Sendable (Command, inout ArgumentValues) -> Void
  ) {
    self.kind = kind
    self.word = word
    self.sentence = sentence
    self.weight = weight
    self.isAlwaysDrawn = isAlwaysDrawn
    self.canFail = canFail
    self.arguments = arguments
    chosenArguments =
      arguments.filter { !$0.isChosenLast } + arguments.filter { $0.isChosenLast }
    slotUse = arguments.lazy.compactMap(\.slotUse).first
    self.make = make
    take = { command in
      var result = ArgumentValues()
      values(command, &result)
      return result
    }
  }

  /// A command without arguments.
  init(
    _ kind: Command.Kind, _ word: String, _ sentence: String, weight: UInt32, canFail: Bool,
    _ command: Command
  ) {
    self.init(
      kind, word, sentence, weight: weight, canFail: canFail, make: { _ in command },
      take: { _, _ in })
  }
}

extension Command.Kind {
  public var form: CommandForm { CommandForm.all[rawValue] }

  /// What the text of a program and the reports call it.
  public var word: String { form.word }

  /// The kind of the commands that the text calls so.
  public init?(word: some StringProtocol) {
    guard let form = CommandForm.all.first(where: { $0.word == word }) else { return nil }
    self = form.kind
  }

  /// Whether the command can make a hypercall, or take something from the heap.
  public var canFail: Bool { CommandForm.all[rawValue].canFail }
}

extension Command {
  /// The command's arguments.
  public var arguments: ArgumentValues { CommandForm.all[kind.rawValue].take(self) }

  /// The slot that the command names.
  var slot: Slot? { CommandForm.all[kind.rawValue].slotUse == nil ? nil : arguments.slot }

  /// The slot that gets what the command makes.
  public var madeSlot: Slot? {
    CommandForm.all[kind.rawValue].slotUse?.makes == true ? arguments.slot : nil
  }
}
