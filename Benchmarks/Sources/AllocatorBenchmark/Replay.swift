import MemorySharing

/// One replay of a trace: how long its steps took, and every address that they were given.
struct Replay {
  var duration: Duration
  var addresses: [PhysicalAddress]

  init(_ trace: Trace, on candidate: inout some Candidate & ~Copyable) throws(ShareError) {
    var live: [PhysicalAddress] = []
    for layout in trace.initial { live.append(try candidate.allocate(layout)) }
    addresses = live
    addresses.reserveCapacity(live.count + trace.steps.count)

    let clock = ContinuousClock()
    let start = clock.now
    for step in trace.steps {
      try candidate.deallocate(live[step.block], step.old)
      let address = try candidate.allocate(step.new)
      live[step.block] = address
      addresses.append(address)
    }
    duration = start.duration(to: clock.now)
  }

  func nanosecondsPerCall(of trace: Trace) -> Double {
    Double(duration.components.attoseconds) / 1e9 / Double(trace.calls)
      + Double(duration.components.seconds) * 1e9 / Double(trace.calls)
  }
}
