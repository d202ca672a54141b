import MemorySharing

/// How requests ended that a host interfered with.
struct Survival {
  var good: UInt64 = 0
  /// The driver saw that something is wrong.
  var refused: UInt64 = 0
  /// The device says that it failed.
  var failed: UInt64 = 0
  /// Not what is on the disk: the host's right, as it could answer so from the start.
  var wrong: UInt64 = 0

  var total: UInt64 { good + refused + failed + wrong }

  func print(_ what: StaticString) {
    say("     ")
    say(total)
    say(what)
    say(good)
    say(" good, ")
    say(refused)
    say(" refused, ")
    say(failed)
    say(" failed, ")
    say(wrong)
    say(" wrong data\n")
  }

  /// To be asked when the attack is over, for the host stores slowly.
  func checkCanaries() {
    check(SectorBuffer.isIntact, "a private canary survives a hostile host")
  }

  /// Finishes a request whose answer was waited for, and counts it.
  ///
  /// - Returns: whether the device can go on.
  mutating func take(
    _ request: VirtioBlock.Request, sector: UInt64, _ disk: inout VirtioBlock, _ pool: inout Pool,
    waiting wait: (inout VirtioBlock) throws(DriverError) -> UInt32
  ) -> Bool {
    var canGoOn = true
    do throws(DriverError) {
      let length = try wait(&disk)
      switch disk.finish(request, length: length, &pool) {
      case .done(let received):
        if received == UInt32(SectorBuffer.bytes), SectorBuffer.holds(sector: sector) {
          good += 1
        } else {
          wrong += 1
        }
      case .failed: failed += 1
      }
    } catch {
      refused += 1
      canGoOn = false
      check(disk.transport.reset(), "the device comes to rest")
      _ = disk.finish(request, length: 0, &pool)
    }
    return canGoOn
  }
}

extension VirtioBlock {
  /// Waits for the device without a look at shared memory, whose bytes are the attacker's.
  borrowing func awaitInterrupt(microseconds: UInt64) {
    let end = deadline(microseconds)
    while !transport.takeInterrupt(), read_cntpct_el0() < end { relax() }
  }
}
