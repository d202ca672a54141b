extension Coverage: CustomStringConvertible {
  /// The counts that say most, on one line.
  public var description: String {
    let mostMerged = merges.lastIndex { $0 > 0 }.map { "up to order \($0)" } ?? "none"
    return "\(programs) runs, \(commands) commands (\(served.reduce(0, +)) served, "
      + "\(refused.reduce(0, +)) refused, \(discards) skipped), \(distinctStates) states, "
      + "\(refills) refills, \(quarantines) quarantines, merges \(mostMerged), "
      + "\(hypercalls) hypercalls, \(faults.total) hypercall faults, \(heapFaults) heap faults"
  }
}
