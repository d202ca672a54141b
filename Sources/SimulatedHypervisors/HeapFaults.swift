/// Which of the heap's calls for the sharer are refused on purpose.
///
/// Whoever stands for the heap asks before each call, and sends `PortEvent.heapRefused` or
/// `heapRefusedFree` where it is refused.
public final class HeapFaults {
  /// Regions asked for.
  public var allocations = Refusals()
  /// Regions given back.
  public var frees = Refusals()

  public init() {}

  /// Forgets the run.
  public func reset() {
    allocations = Refusals()
    frees = Refusals()
  }

  /// Starts a command, whose calls of these positions are refused, the first being 1.
  public func beginCommand(refusingAllocation allocation: Int? = nil, refusingFree free: Int? = nil)
  {
    allocations.beginCommand(refusing: allocation)
    frees.beginCommand(refusing: free)
  }
}

/// The calls of one kind, counted, and which of them are refused on purpose.
public struct Refusals: Equatable, Sendable {
  /// Which call of the command is refused, the first being 1.
  private var positionInCommand: Int?
  /// Which call of the whole run is refused, the first being 1.
  public var positionInRun: Int?
  /// The calls in this run.
  public private(set) var count = 0
  private var countInCommand = 0
  /// Whether a call of this command was refused on purpose.
  public private(set) var hasFired = false

  public init() {}

  mutating func beginCommand(refusing position: Int?) {
    positionInCommand = position
    countInCommand = 0
    hasFired = false
  }

  /// Which of the calls to come in this command is refused, the first being 1.
  public var next: Int? {
    let inCommand = positionInCommand.map { $0 - countInCommand }
    let inRun = positionInRun.map { $0 - count }
    guard let inCommand, inCommand > 0 else { return inRun.flatMap { $0 > 0 ? $0 : nil } }
    guard let inRun, inRun > 0 else { return inCommand }
    return min(inCommand, inRun)
  }

  /// Counts a call, and says whether it is refused.
  public mutating func refusesNext() -> Bool {
    let isRefused = next == 1
    note(calls: 1, refused: isRefused)
    return isRefused
  }

  /// Counts calls that were made elsewhere.
  public mutating func note(calls: Int, refused: Bool) {
    count += calls
    countInCommand += calls
    if refused { hasFired = true }
  }
}
