/// Which of the heap's allocations for the sharer are refused on purpose.
///
/// Whoever stands for the heap asks before each allocation, and sends `PortEvent.heapRefused` where
/// it is refused.
public final class HeapFaults {
  /// Which allocation of the command is refused, the first being 1.
  private var positionInCommand: Int?
  /// Which allocation of the whole run is refused, the first being 1.
  public var positionInRun: Int?
  /// The allocations asked for in this run, and in this command.
  public private(set) var allocations = 0
  private var allocationsInCommand = 0
  /// Whether an allocation of this command was refused on purpose.
  public private(set) var hasFired = false

  public init() {}

  /// Forgets the run.
  public func reset() {
    positionInRun = nil
    allocations = 0
    beginCommand()
  }

  /// Starts a command.
  ///
  /// - Parameter position: which of its allocations is refused.
  public func beginCommand(refusing position: Int? = nil) {
    positionInCommand = position
    allocationsInCommand = 0
    hasFired = false
  }

  /// Which of the allocations to come in this command is refused, the first being 1.
  public var nextRefused: Int? {
    let inCommand = positionInCommand.map { $0 - allocationsInCommand }
    let inRun = positionInRun.map { $0 - allocations }
    return [inCommand, inRun].compactMap { $0 }.filter { $0 > 0 }.min()
  }

  /// Counts an allocation, and says whether it is refused.
  public func refusesNext() -> Bool {
    let isRefused = nextRefused == 1
    note(allocations: 1, refused: isRefused)
    return isRefused
  }

  /// Counts allocations that were asked for elsewhere.
  public func note(allocations count: Int, refused: Bool) {
    allocations += count
    allocationsInCommand += count
    if refused { hasFired = true }
  }
}
