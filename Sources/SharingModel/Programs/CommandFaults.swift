/// What goes wrong while one command runs: nothing, one thing, or two at once.
///
/// It lies in the step itself, so that a step is copied without counting references.
public struct CommandFaults: RandomAccessCollection, ExpressibleByArrayLiteral, Equatable, Sendable
{
  /// The most faults of a command.
  public static var most: Int { 2 }

  private var first: CommandFault?
  private var second: CommandFault?

  public init() {}

  public init(arrayLiteral faults: CommandFault...) { self.init(faults) }

  /// The first faults of a sequence, as many as a command has.
  public init(_ faults: some Sequence<CommandFault>) {
    for fault in faults.prefix(Self.most) { append(fault) }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { first == nil ? 0 : second == nil ? 1 : 2 }
  public subscript(index: Int) -> CommandFault { index == 0 ? first! : second! }

  /// Adds a fault to a command that has less than `most`.
  public mutating func append(_ fault: CommandFault) {
    precondition(second == nil, "a command has at most \(Self.most) faults")
    if first == nil { first = fault } else { second = fault }
  }
}
