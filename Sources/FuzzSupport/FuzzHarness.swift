/// A check of byte strings, as a fuzzer and a replay of files both want it.
public struct FuzzHarness {
  /// What the program is called in messages.
  public let name: String
  /// The longest input in bytes that the fuzzer makes, unless `-max_len=` says otherwise.
  public let maximumLength: Int
  /// Whether the fuzzer should spend time on an input; a replay runs every file.
  public let accepts: (UnsafeRawBufferPointer) -> Bool
  /// Answers `nil` if all holds, otherwise what does not, as text.
  public let check: (UnsafeRawBufferPointer) -> String?
  /// What was reached so far, for the last lines of a run.
  public let summary: () -> String

  /// Describes a check.
  public init(
    name: String, maximumLength: Int, summary: @escaping () -> String = { "" },
    accepts: @escaping (UnsafeRawBufferPointer) -> Bool = { _ in true },
    check: @escaping (UnsafeRawBufferPointer) -> String?
  ) {
    self.name = name
    self.maximumLength = maximumLength
    self.summary = summary
    self.accepts = accepts
    self.check = check
  }
}

/// How a program ends.
public enum ExitCode {
  public static var holds: Int32 { 0 }
  public static var violated: Int32 { 1 }
  public static var wrongUsage: Int32 { 64 }
  public static var badInput: Int32 { 65 }
}
