import MemorySharing

/// The two allocators on one trace, in nanoseconds a call.
struct Row {
  let replay: Double
  let core: Double
  let sortedSets: Double
  /// The median of the rounds' ratios: what else the machine does in a round, it does to both.
  let ratio: Double

  init(_ subject: Subject, minimumBlock: UInt64, trace: Trace, rounds: Int) throws {
    let window = try AddressRange(start: Subject.start, size: trace.window)
    guard
      let size = BuddyAllocator.metadataSize(
        covering: window, minimumBlock: minimumBlock, orders: Subject.orders)
    else { throw Failure.metadataDoesNotFit }
    let metadata = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(size), alignment: 64)
    defer { metadata.deallocate() }

    var replays: [Double] = []
    var times: [(core: Double, sortedSets: Double)] = []
    for _ in 0..<rounds {
      var nothing = Nothing()
      replays.append(try Replay(trace, on: &nothing).nanosecondsPerCall(of: trace))
      let core = try subject.replay(
        trace,
        on: BuddyAllocator(
          minimumBlock: minimumBlock, orders: Subject.orders, metadata: metadata))
      let sortedSets = try subject.replay(
        trace, on: SortedSetBuddy(minimumBlock: minimumBlock, orders: Subject.orders))
      try requireEqual(core.addresses, sortedSets.addresses)
      times.append(
        (core.nanosecondsPerCall(of: trace), sortedSets.nanosecondsPerCall(of: trace)))
    }
    self.replay = median(replays)
    self.core = median(times.map(\.core))
    self.sortedSets = median(times.map(\.sortedSets))
    self.ratio = median(times.map { $0.core / $0.sortedSets })
  }
}

enum Failure: Error {
  case metadataDoesNotFit
  /// The first allocation, counting from 0, for which the two gave different addresses.
  case addressesDiffer(allocation: Int, core: PhysicalAddress, sortedSets: PhysicalAddress)
}

private func requireEqual(
  _ core: [PhysicalAddress], _ sortedSets: [PhysicalAddress]
) throws(Failure) {
  for (allocation, pair) in zip(core, sortedSets).enumerated() where pair.0 != pair.1 {
    throw .addressesDiffer(allocation: allocation, core: pair.0, sortedSets: pair.1)
  }
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
