import PropertyTesting

/// A check of byte strings, as a fuzzer and a replay of files both want it.
public struct FuzzHarness {
  /// What the program is called in messages.
  public let name: String
  /// What it can find, in one sentence.
  public let finds: String
  /// How inputs are made of choices; nil where any bytes are as good as others.
  public let layout: InputLayout?
  /// The longest input in bytes that the fuzzer makes, unless `-max_len=` says otherwise.
  public let maximumLength: Int
  /// Parts of inputs, for the fuzzer's dictionary; empty where the grammar says enough.
  public var dictionary: [[UInt8]] = []
  /// Makes inputs at random where no layout does.
  public var text: ((UInt64) -> [UInt8])?
  /// Whether the fuzzer should spend time on an input; a replay runs every file.
  public var accepts: (UnsafeRawBufferPointer) -> Bool = { _ in true }
  /// Answers `nil` if all holds, otherwise what does not, as text.
  public let check: (UnsafeRawBufferPointer) -> String?
  /// How many commands the inputs so far stood for.
  public let commands: () -> Int
  /// What was reached so far, besides commands and states.
  public var details: () -> String = { "" }
  /// Makes a violating input small, and says what came of it; nil where something else does that.
  public var shrink: ((UnsafeRawBufferPointer) -> ShrunkInput?)?
  /// Checks what `shrink` wrote, as `check` does; it throws where the text says nothing. nil where
  /// something else reads such texts.
  public var checkText: ((String) throws -> String?)?

  /// Describes a check of inputs that are made of choices.
  public init(
    name: String, finds: String, layout: InputLayout, commands: @escaping () -> Int,
    check: @escaping (UnsafeRawBufferPointer) -> String?
  ) {
    self.name = name
    self.finds = finds
    self.layout = layout
    maximumLength = layout.mostBytes
    self.commands = commands
    self.check = check
  }

  /// Describes a check of any bytes.
  public init(
    name: String, finds: String, maximumLength: Int, commands: @escaping () -> Int,
    check: @escaping (UnsafeRawBufferPointer) -> String?
  ) {
    self.name = name
    self.finds = finds
    layout = nil
    self.maximumLength = maximumLength
    self.commands = commands
    self.check = check
  }

  /// What the runs so far reached, in lines; the first is the same for all harnesses.
  public var summary: String {
    let first = "\(name): \(commands()) commands, \(StateCounters.distinct) states"
    let details = details()
    return details.isEmpty ? first : first + "\n" + details
  }
}

/// How a grammar reads an input: one record for the configuration, then one for each command.
public struct InputLayout {
  /// Bytes of the first record.
  public let configurationWidth: Int
  /// Bytes of every other record.
  public let commandWidth: Int
  /// The most commands that the fuzzer makes.
  public let mostCommands: Int
  /// Makes the choices of an input, and forgets what comes of them.
  public let read: (inout Choices) -> Void

  /// Describes a layout.
  public init(
    configurationWidth: Int, commandWidth: Int, mostCommands: Int,
    read: @escaping (inout Choices) -> Void
  ) {
    self.configurationWidth = configurationWidth
    self.commandWidth = commandWidth
    self.mostCommands = mostCommands
    self.read = read
  }

  /// The bytes of an input with as many commands as it may have.
  public var mostBytes: Int { configurationWidth + commandWidth * mostCommands }
}

/// The least input that fails as a given one does.
public struct ShrunkInput {
  /// In what way it fails, in a few words that can be part of a file's name.
  public let failure: String
  /// The input as readable text, with its story as comments.
  public let text: String

  /// Describes an input.
  public init(failure: String, text: String) {
    self.failure = failure
    self.text = text
  }
}

/// How a program ends.
public enum ExitCode {
  public static var holds: Int32 { 0 }
  public static var violated: Int32 { 1 }
  public static var wrongUsage: Int32 { 64 }
  public static var badInput: Int32 { 65 }
  public static var cannotWrite: Int32 { 74 }
}
