import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("Faults")
struct FaultTests {
  @Test("A fault strikes the call at its position in the command, and no other")
  func position() {
    let bench = Bench(.pkvm)
    for position in 1...4 {
      bench.monitor.reset(bench.monitor.configuration)
      bench.monitor.beginCommand(fault: Fault(position: position, mode: .fails))
      let answers = (0..<4 as Range<UInt64>).map { bench.call(.memShare, 0x2_0000 + $0 << 12) }
      #expect(answers == (1...4).map { $0 == position ? -3 : 0 })
      #expect(bench.monitor.shared.size == 3 * 4096)
      bench.monitor.beginCommand()
      #expect(bench.call(.memUnshare, position == 1 ? 0x2_1000 : 0x2_0000) == 0)
      #expect(bench.monitor.faultCounts.total == 1)
    }
  }

  @Test("Each mode answers as it says, and only one of them takes effect")
  func modes() {
    for (mode, answer, takesEffect) in [
      (.fails, -3, false), (.fails(answer: -2), -2, false), (.failsButTakesEffect, -3, true),
      (.answersGarbage(1), 1, false),
    ] as [(FaultMode, Int64, Bool)] {
      let bench = Bench(.pkvm)
      bench.monitor.beginCommand(fault: Fault(position: 1, mode: mode))
      #expect(bench.call(.memShare, 0x2_0000) == answer)
      #expect(bench.monitor.shared.isEmpty != takesEffect)
      let effect: HypercallEffect = takesEffect ? .becameShared(range(0x2_0000, 4096)) : .none
      let asked = HypercallRegisters(0xC600_0003, 0x2_0000)
      #expect(
        bench.log == [
          .hypercall(
            HypercallEvent(asked: asked, answer: x0(answer), effect: effect, fault: mode))
        ])
    }
  }

  @Test("A standing fault strikes every call until it is lifted, and gives way to a call's own")
  func standing() {
    let bench = Bench(.pkvm)
    bench.monitor.standingFault = .fails
    bench.monitor.beginCommand(fault: Fault(position: 2, mode: .answersGarbage(9)))
    #expect([bench.call(.memInfo), bench.call(.memInfo), bench.call(.memInfo)] == [-3, 9, -3])
    bench.monitor.beginCommand()
    #expect(bench.call(.memInfo) == -3)
    bench.monitor.standingFault = .failsButTakesEffect
    #expect(bench.call(.memShare, 0x2_0000) == -3)
    bench.monitor.standingFault = nil
    #expect(bench.call(.memInfo) == 4096)
    let counts = bench.monitor.faultCounts
    #expect(counts.failed == 3 && counts.answeredGarbage == 1 && counts.failedButTookEffect == 1)
  }

  @Test("A good UNMAP that fails but takes effect does not look good on Android 13")
  func android13() {
    let bench = Bench(.pkvmAndroid13)
    bench.call(.mmioGuardEnroll)
    bench.call(.mmioGuardMap, 0)
    bench.monitor.beginCommand(fault: Fault(position: 1, mode: .failsButTakesEffect))
    #expect(bench.registers(.mmioGuardUnmap, 0).x0 == 0xDEAD_BEEF_FFFF_FFFD)
    #expect(bench.monitor.mmio.isEmpty)
  }
}
