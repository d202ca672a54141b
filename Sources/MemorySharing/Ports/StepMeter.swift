/// Counts an allocator's work: one step is one visit of a kernel or of a summary word.
package protocol StepMeter {
  mutating func step()
}

/// The meter of production: nothing is counted, and nothing of it is left in the code.
package struct NoMeter: StepMeter {
  package init() {}

  package mutating func step() {}
}

/// The meter of the checks.
package struct StepCounter: StepMeter {
  package private(set) var steps: UInt64 = 0

  package init() {}

  package mutating func step() { steps &+= 1 }
}
