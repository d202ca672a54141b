/// The edges of instrumented code that were taken since they were last asked for.
///
/// Only a build with `SHARECHECK_COVERAGE=1` has any: the manifest then instruments the core, whose
/// code counts in one byte an edge and announces its bytes before `main`. They belong to the
/// process, so runs that go by them must not go on side by side; and since every executable has
/// edges of its own, such runs are the same only in the same executable.
public enum EdgeCounters {
  /// Whether there are any.
  public static var exist: Bool { count > 0 }

  /// The number of edges.
  public static var count: Int { areas.reduce(0) { $0 + $1.count } }

  /// Forgets what was taken so far.
  public static func clear() {
    for area in areas { area.update(repeating: 0) }
  }

  /// Names every edge that was taken, together with about how often, as a state to visit.
  public static func forEachTaken(_ body: (UInt64) -> Void) {
    var first: UInt64 = 0
    for area in areas {
      for (index, count) in area.enumerated() where count > 0 {
        let magnitude = UInt64(truncatingIfNeeded: 8 - count.leadingZeroBitCount)
        let edge = first &+ UInt64(truncatingIfNeeded: index)
        body(edge &* 16 &+ magnitude &+ 1)
      }
      first &+= UInt64(truncatingIfNeeded: area.count)
    }
  }
}

#if SHARECHECK_COVERAGE
  /// Written only before `main`, by the entry point below.
  nonisolated(unsafe) private var areas: [UnsafeMutableBufferPointer<UInt8>] = []

  /// Takes note of the counters of a module; the compiler calls it from every module's constructor.
  @c(__sanitizer_cov_8bit_counters_init)
  public func countersInit(_ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>)
  {
    let area = UnsafeMutableBufferPointer(start: start, count: end - start)
    if !areas.contains(where: { $0.baseAddress == start }) { areas.append(area) }
  }

  /// The addresses of the edges; nobody asks for them.
  @c(__sanitizer_cov_pcs_init)
  public func tableInit(_ start: UnsafePointer<UInt>, _ end: UnsafePointer<UInt>) {}
#else
  private var areas: [UnsafeMutableBufferPointer<UInt8>] { [] }
#endif
