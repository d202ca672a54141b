import MemorySharing

/// The whole address space as runs of one origin, sorted, neighbours differing.
///
/// A value, so that the class around it pays for exclusive access once an operation and not once an
/// element.
struct OriginRuns {
  struct Run: Equatable {
    var start: UInt64
    var origin: ByteOrigin
  }

  /// The first run starts at 0; each ends where the next one starts, the last after 2^64 - 1.
  private var runs: [Run] = [Run(start: 0, origin: .secret)]
  private var copied: [Run] = []

  /// Makes everything secret again; keeps storage.
  mutating func reset() {
    runs.clear()
    runs.append(Run(start: 0, origin: .secret))
  }

  func origin(at address: UInt64) -> ByteOrigin { runs[index(holding: address)].origin }

  /// The origin of all bytes of a range; nil where there are several.
  func onlyOrigin(in range: AddressRange) -> ByteOrigin? {
    let next = index(holding: range.start.rawValue) + 1
    return next == runs.count || runs[next].start >= range.end.rawValue
      ? runs[next - 1].origin : nil
  }

  func forEach(in range: AddressRange, _ body: (AddressRange, ByteOrigin) -> Void) {
    var index = index(holding: range.start.rawValue)
    while index < runs.count, runs[index].start < range.end.rawValue {
      body(clipped(index, to: range), runs[index].origin)
      index += 1
    }
  }

  func first(
    in range: AddressRange, where condition: (ByteOrigin) -> Bool
  ) -> (AddressRange, ByteOrigin)? {
    var index = index(holding: range.start.rawValue)
    while index < runs.count, runs[index].start < range.end.rawValue {
      if condition(runs[index].origin) { return (clipped(index, to: range), runs[index].origin) }
      index += 1
    }
    return nil
  }

  /// Copies origins to a run of the same size, as they were before.
  mutating func copy(from source: AddressRange, to destination: PhysicalAddress) {
    copied.clear()
    var index = index(holding: source.start.rawValue)
    while index < runs.count, runs[index].start < source.end.rawValue {
      let start = max(runs[index].start, source.start.rawValue) &- source.start.rawValue
      copied.append(Run(start: start, origin: runs[index].origin))
      index += 1
    }
    for index in copied.indices {
      let start = copied[index].start
      let end = index + 1 < copied.count ? copied[index + 1].start : source.size
      assign(
        AddressRange(uncheckedStart: destination.rawValue &+ start, size: end &- start),
        copied[index].origin)
    }
  }

  /// The run in which this byte lies.
  private func index(holding address: UInt64) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= address { low = middle } else { high = middle }
    }
    return low
  }

  private func clipped(_ index: Int, to range: AddressRange) -> AddressRange {
    let start = max(runs[index].start, range.start.rawValue)
    let end =
      index + 1 < runs.count
      ? min(runs[index + 1].start, range.end.rawValue) : range.end.rawValue
    return AddressRange(uncheckedStart: start, size: end &- start)
  }

  /// Gives every byte of the range one origin, and keeps neighbouring runs different.
  mutating func assign(_ range: AddressRange, _ origin: ByteOrigin) {
    let start = range.start.rawValue
    let end = range.end.rawValue
    let first = index(holding: start)
    var last = first
    while last + 1 < runs.count, runs[last + 1].start < end { last += 1 }
    let before = runs[first].origin
    let after = runs[last].origin
    if first == last && before == origin { return }

    // Of the runs first...last remains: what lies below the range, the range unless it joins the
    // run below it, and what lies above unless it joins the range.
    var from = first
    var startsRun = true
    if runs[first].start < start {
      from += 1
      startsRun = before != origin
    } else if first > 0 && runs[first - 1].origin == origin {
      startsRun = false
    }
    var past = last + 1
    let endsInRun = past == runs.count || end < runs[past].start
    let resumes = endsInRun && after != origin
    if !endsInRun && runs[past].origin == origin { past += 1 }

    let needed = (startsRun ? 1 : 0) + (resumes ? 1 : 0)
    makeRoom(for: needed, replacing: from..<past)
    if startsRun { runs[from] = Run(start: start, origin: origin) }
    if resumes { runs[from + needed - 1] = Run(start: end, origin: after) }
  }

  /// Moves the runs after `old` so that `count` places are where `old` was; their content is
  /// whatever it is.
  private mutating func makeRoom(for count: Int, replacing old: Range<Int>) {
    let growth = count - old.count
    if growth < 0 {
      runs.removeSubrange(old.upperBound + growth..<old.upperBound)
    } else if growth > 0 {
      let tail = runs.count
      for _ in 0..<growth { runs.append(Run(start: 0, origin: .secret)) }
      var index = tail
      while index > old.upperBound {
        index -= 1
        runs[index + growth] = runs[index]
      }
    }
  }
}
