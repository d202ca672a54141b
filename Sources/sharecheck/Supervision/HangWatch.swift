/// Judges whether a worker hangs, by the processor time that it uses without making progress.
///
/// A worker that gets no processor, because the machine is busy or somebody stops the worker, uses
/// none and is waited for. The clock is only a far limit, for a worker that sleeps or waits for
/// ever.
struct HangWatch {
  /// How many times its patience a supervisor waits by the clock.
  static let farLimit = 20.0
  /// How long a worker is waited for before its processor time is looked at, in seconds.
  static let slice = 0.2

  private let child: ChildProcess
  /// The processor time that the worker may use without progress, in seconds.
  private let patience: Double
  /// The processor time that the worker had used when it last made progress, in seconds.
  private var usedBefore: Double
  /// How long the worker was waited for since then, in seconds: each slice counts for its length,
  /// so that no time goes by while this process is stopped, too.
  private var waited = 0.0

  init(_ child: ChildProcess, patience: Double) throws {
    self.child = child
    self.patience = patience
    usedBefore = try child.processorTime
  }

  /// How the worker hangs, if it does; called after each slice in which it did not answer.
  ///
  /// The processor time is read before the progress. Were it read after, all that a worker does
  /// while this process waits for a processor would count as one step without progress.
  ///
  /// - Parameter hasProgressed: whether the worker has made progress since the last call.
  mutating func hang(unless hasProgressed: () -> Bool = { false }) throws -> Hang? {
    let used = try child.processorTime - usedBefore
    waited += Self.slice
    if hasProgressed() {
      usedBefore = try child.processorTime
      waited = 0
    } else if used > patience {
      return .used(patience)
    } else if waited > patience * Self.farLimit {
      return .waited(patience * Self.farLimit, used: used)
    }
    return nil
  }
}

/// What a worker did that counts as hung.
enum Hang: Equatable {
  /// It used this much processor time without progress, in seconds.
  case used(Double)
  /// It made no progress for this long by the clock, in seconds, and used less processor time than
  /// counts as hung.
  case waited(Double, used: Double)
}
