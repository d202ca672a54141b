import PropertyTesting

/// One kind of argument, stated once: how it is drawn, written and read, and what a proof tries.
///
/// The grammar, its inverse, the alphabet, the printer, the parser and the fuzzer's dictionary
/// interpret it. Each argument is one choice, and to all of them its value is a number; `set` and
/// `number` say which member of ``ArgumentValues`` that is.
///
/// A class, so that decoding a command copies none of its closures.
public final class CommandArgument: Sendable {
  /// What the parser's errors call it.
  public let name: String
  /// What stands for it in the list of commands.
  public let placeholder: String
  public let text: ArgumentText
  let numbers: ArgumentNumbers
  /// How the command uses the slot that this names; nil for all other arguments.
  public let slotUse: SlotUse?
  /// Draws a choice at random.
  let draw: @Sendable (Draw, inout RandomNumbers) -> UInt64
  public let set: @Sendable (UInt64, inout ArgumentValues) -> Void
  /// The value's number; nil where the grammar has none for it.
  public let number: @Sendable (ArgumentValues) -> UInt64?
  /// Chooses one of the values that an alphabet has.
  let chooseTried: Tries
  /// What the command with these values asks of an allocator.
  let request: @Sendable (ArgumentValues) -> Alphabet.Request?
  /// Adds to a proof's alphabet what a command of its program has.
  let widen: @Sendable (ArgumentValues, inout Alphabet) -> Void

  typealias Tries =
    @Sendable (
      Alphabet, inout Alphabet.Names, inout Choices, inout ArgumentValues
    ) -> Void

  /// - Parameters:
  ///   - draw: nil draws each number as often.
  ///   - tries: nil where another argument of the command chooses for both.
  init(
    _ name: String, _ placeholder: String, _ text: ArgumentText, _ numbers: ArgumentNumbers,
    slotUse: SlotUse? = nil,
    draw: (@Sendable (Draw, inout RandomNumbers) -> UInt64)? = nil,
    set: @escaping @Sendable (UInt64, inout ArgumentValues) -> Void,
    number: @escaping @Sendable (ArgumentValues) -> UInt64?,
    tries: Tries? = nil,
    request: @escaping @Sendable (ArgumentValues) -> Alphabet.Request? = { _ in nil },
    widen: @escaping @Sendable (ArgumentValues, inout Alphabet) -> Void = { _, _ in }
  ) {
    let bound = numbers.bound
    self.name = name
    self.placeholder = placeholder
    self.text = text
    self.numbers = numbers
    self.slotUse = slotUse
    self.draw = draw ?? { _, numbers in numbers.next(below: bound) }
    self.set = set
    self.number = number
    chooseTried = tries ?? { _, _, _, _ in }
    self.request = request
    self.widen = widen
  }
}

/// How an argument stands in the text of a program.
public enum ArgumentText: Sendable {
  case slot
  /// A number, perhaps with a word before it.
  case number(after: String? = nil, in: ClosedRange<UInt64> = 0...UInt64.max)
  /// One of these words, by their index; the first one may be left out.
  case word(of: [String], isOptional: Bool = false)
  /// A word that stands for 1, and whose absence stands for 0.
  case flag(String)
  /// A way in which hypercalls fail, or this word for none.
  case faultMode(none: String)
}

/// The numbers that the grammar chooses an argument from.
enum ArgumentNumbers: Sendable {
  /// Every 64-bit number. It is chosen after the command's other arguments: a plain one of those is
  /// simpler than a small number.
  case every
  case range(ClosedRange<UInt64>)
  /// These, the simplest first.
  case listed([UInt64])

  /// How many choices there are; 0 stands for 2^64.
  var bound: UInt64 {
    switch self {
    case .every: 0
    case .range(let range): range.upperBound - range.lowerBound + 1
    case .listed(let numbers): UInt64(numbers.count)
    }
  }

  func number(ofChoice choice: UInt64) -> UInt64 {
    switch self {
    case .every: choice
    case .range(let range): range.lowerBound + choice
    case .listed(let numbers): numbers[Int(choice)]
    }
  }

  /// The choice that makes a number; nil where none does.
  func choice(of number: UInt64) -> UInt64? {
    switch self {
    case .every: number
    case .range(let range): range.contains(number) ? number - range.lowerBound : nil
    case .listed(let numbers): numbers.firstIndex(of: number).map(UInt64.init)
    }
  }
}

extension CommandArgument {
  /// Whether it is chosen after the command's other arguments.
  var isChosenLast: Bool { if case .every = numbers { true } else { false } }

  func choose(_ choices: inout Choices, _ draw: Draw, _ values: inout ArgumentValues) {
    let choice =
      if case .every = numbers {
        choices.magnitude { self.draw(draw, &$0) }
      } else {
        choices.integer(below: numbers.bound, role: slotUse?.role ?? .plain) {
          self.draw(draw, &$0)
        }
      }
    set(numbers.number(ofChoice: choice), &values)
  }

  /// The choice that makes these values; nil where none does.
  func choice(of values: ArgumentValues) -> UInt64? {
    number(values).flatMap(numbers.choice)
  }
}

// MARK: Common shapes

extension CommandArgument {
  /// One of some values that have words, the simplest first.
  ///
  /// - Parameter isOptional: whether the text leaves the first one out.
  static func words<Value: Equatable & Sendable>(
    _ name: String, _ placeholder: String, _ words: [(word: String, value: Value)],
    isOptional: Bool = false,
    draw: (@Sendable (Draw, inout RandomNumbers) -> UInt64)? = nil,
    set: @escaping @Sendable (Value, inout ArgumentValues) -> Void,
    value: @escaping @Sendable (ArgumentValues) -> Value,
    tries: @escaping @Sendable (Alphabet) -> [Value],
    widen: @escaping @Sendable (ArgumentValues, inout Alphabet) -> Void = { _, _ in }
  ) -> CommandArgument {
    let values = words.map(\.value)
    return CommandArgument(
      name, placeholder, .word(of: words.map(\.word), isOptional: isOptional),
      .range(0...UInt64(words.count - 1)), draw: draw,
      set: { set(values[Int($0)], &$1) },
      number: { values.firstIndex(of: value($0)).map(UInt64.init) },
      tries: one(of: tries, set), widen: widen)
  }

  /// Chooses one of the values that an alphabet lists.
  static func one<Value>(
    of values: @escaping @Sendable (Alphabet) -> [Value],
    _ set: @escaping @Sendable (Value, inout ArgumentValues) -> Void
  ) -> Tries {
    { alphabet, _, choices, result in
      let values = values(alphabet)
      set(values[Int(choices.integer(below: UInt64(values.count)))], &result)
    }
  }
}
