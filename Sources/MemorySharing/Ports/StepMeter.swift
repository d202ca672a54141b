/// Counts an allocator's work: one step is one visit of a kernel or of a summary word.
public protocol StepMeter {
  mutating func step()
}

/// The meter of production: nothing is counted, and nothing of it is left in the code.
public struct NoMeter: StepMeter {
  @inlinable
  public init() {}

  @inlinable
  public mutating func step() {}
}

/// The meter of the checks.
public struct StepCounter: StepMeter {
  public private(set) var steps: UInt64 = 0

  public init() {}

  public mutating func step() { steps &+= 1 }
}
