import MemorySharing

// Hypercalls that fail, and a host that does not let go.

/// Every SHARE of a refill fails in turn, with and without effect: the call throws, all is taken
/// back, and the pool works on.
func checkFailures(_ hypervisor: Hypervisor, granule: UInt64) {
  let arena = Place.arena(0)
  var pool = makePool(hypervisor, arena: arena, isStatic: false)
  do throws(ShareError) { try pool.initialiseDynamic() } catch { fail("a pool starts", error) }
  let granules: UInt64 = 8
  let layout = Layout(uncheckedSize: granules * granule, alignment: granule)
  for kind in [FaultKind.fails, FaultKind.failsButTakesEffect] {
    for position in 1...granules {
      Truth.failCall(position, kind)
      check(failsWithHypercall(&pool, layout), "a failed SHARE is thrown")
      Truth.failCall(0)
      check(Truth.sharedGranules == 0, "a refill that fails takes back what it shared")
      check(Truth.isConsistent, "translations follow a refill that fails")
    }
  }
  do throws(ShareError) {
    let address = try pool.allocateShared(layout)
    check(Truth.sharedGranules == granules, "the pool shares what it needs after failures")
    check(Truth.sharedGranule(0) == address.rawValue, "the pool hands out what it shared")
  } catch {
    fail("the pool works after failures", error)
  }
  let report = pool.unshareAll()
  check(report.granulesUnshared == granules, "a teardown takes back every granule")
  check(report.granulesQuarantined == 0, "a teardown without failures quarantines nothing")
  check(Truth.sharedGranules == 0, "nothing is shared after a teardown")
  check(
    isFilled(arena.lowerBound, bytes: granules * granule, 0), "a teardown scrubs what it takes back"
  )
  passed("each SHARE of a refill fails in turn: thrown, rolled back, and the pool works on")
}

private func failsWithHypercall(_ pool: inout Pool, _ layout: Layout) -> Bool {
  do throws(ShareError) {
    _ = try pool.allocateShared(layout)
    return false
  } catch {
    guard case .hypercallFailed = error else { return false }
    return true
  }
}

/// Each UNSHARE of a teardown fails in turn: the teardown goes on, and reports what it could not
/// prove private, whether the call had its effect or not.
func checkTeardowns(_ hypervisor: Hypervisor, granule: UInt64) {
  let start = Place.arena(1).lowerBound
  let granules: UInt64 = 3
  for kind in [FaultKind.fails, FaultKind.failsButTakesEffect] {
    for position in 1...granules {
      var pool = makePool(hypervisor, arena: start..<start + 0x10_0000, isStatic: false)
      let first: UInt64
      do throws(ShareError) {
        try pool.initialiseDynamic()
        first = try pool.allocateShared(
          Layout(uncheckedSize: granules * granule, alignment: granule)
        ).rawValue
      } catch {
        fail("a pool starts", error)
      }
      // A buffer takes a power of two of granules.
      let shared = Truth.sharedGranules
      Truth.failCall(position, kind)
      let report = pool.unshareAll()
      Truth.failCall(0)
      check(report.granulesQuarantined == 1, "an UNSHARE that fails is reported")
      check(
        report.granulesUnshared == shared - 1, "a teardown goes on behind an UNSHARE that fails")
      let isLeft = kind == FaultKind.fails
      check(
        Truth.sharedGranules == (isLeft ? 1 : 0),
        "what is left shared is what failed without effect")
      check(
        unshareByHand(first + (position - 1) * granule)
          == (isLeft ? Answer.success : Answer.invalidParameter),
        "the granule that was reported is the one whose UNSHARE failed")
      check(Truth.isConsistent, "translations follow a teardown in which a call fails")
    }
  }
  passed("each UNSHARE of a teardown fails in turn: reported, and the teardown goes on")
}

/// A granule that the host has pinned cannot be taken back: it is reported, and its region kept.
func checkQuarantine(_ hypervisor: Hypervisor, granule: UInt64) {
  var pool = makePool(hypervisor, arena: Place.arena(1), isStatic: false)
  do throws(ShareError) {
    try pool.initialiseDynamic()
    let address = try pool.allocateShared(
      Layout(uncheckedSize: 4 * granule, alignment: granule))
    let pinned = address.rawValue + 2 * granule
    fill(address.rawValue, bytes: 4 * granule, secret)
    check(hvc(ControlCall.pin, pinned, 0, 0).x0 == Answer.success, "the host pins a shared granule")
    let report = pool.unshareAll()
    check(report.granulesUnshared == 3, "a teardown goes on behind a pinned granule")
    check(report.granulesQuarantined == 1, "a pinned granule is reported")
    check(report.regionsKept == 1, "the region of a pinned granule is kept")
    check(
      isFilled(address.rawValue, bytes: 2 * granule, 0)
        && isFilled(pinned + granule, bytes: granule, 0),
      "what lies around a pinned granule is scrubbed")
    var listed: UInt64 = 0
    pool.forEachQuarantinedGranule { range, _ in listed = range.start.rawValue }
    check(listed == pinned, "the pinned granule is listed")
    check(Truth.sharedGranules == 1, "the pinned granule is all that is shared")
    check(Truth.sharedGranule(0) == pinned, "what is shared is the pinned granule")
    _ = hvc(ControlCall.unpinAll, 0, 0, 0)
    check(
      unshareByHand(pinned) == Answer.success, "the granule can be taken back once it is let go")
    check(Truth.sharedGranules == 0, "nothing is shared after the host lets go")
  } catch {
    fail("a pool starts", error)
  }
  passed("a granule that the host pins is quarantined and reported")
}

/// A pool that goes away without a teardown takes everything back; what it cannot, it abandons, and
/// that ends the run.
func checkDrop(_ hypervisor: Hypervisor, granule: UInt64, defect: Defect) {
  do throws(ShareError) {
    var pool = makePool(hypervisor, arena: Place.arena(1), isStatic: false)
    try pool.initialiseDynamic()
    let address = try pool.allocateShared(Layout(uncheckedSize: granule, alignment: granule))
    if defect == .dropsPinned { _ = hvc(ControlCall.pin, address.rawValue, 0, 0) }
    check(Truth.sharedGranules == 1, "a pool shares what it hands out")
    _ = consume pool
  } catch {
    fail("a pool starts", error)
  }
  check(Truth.sharedGranules == 0, "a pool that is dropped takes back what it shared")
  passed("a pool that is dropped takes back what it shared")
}
