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

  @Test("A fault that lasts stands from its call on, and one that does not is over")
  func lasting() {
    for lasts in [false, true] {
      let bench = Bench(.pkvm)
      bench.monitor.beginCommand(fault: Fault(position: 2, mode: .fails, lasts: lasts))
      let answers = (0..<3).map { _ in bench.call(.memInfo) }
      #expect(answers == [4096, -3, lasts ? -3 : 4096])
      bench.monitor.beginCommand()
      #expect(bench.call(.memInfo) == (lasts ? -3 : 4096))
      #expect(bench.monitor.standingFault == (lasts ? .fails : nil))
    }
  }

  @Test("A fault of the run strikes the calls that it names, in whichever command they come")
  func ofTheRun() {
    let bench = Bench(.pkvm)
    bench.monitor.runFault = RunFault(calls: 2..<4, kind: .goesWrong(.fails))
    #expect(bench.call(.memInfo) == 4096)
    bench.monitor.beginCommand()
    #expect([bench.call(.memInfo), bench.call(.memInfo), bench.call(.memInfo)] == [-3, -3, 4096])
    bench.monitor.reset(bench.monitor.configuration)
    #expect(bench.monitor.runFault == nil)
  }

  @Test("In a run the host pins or writes just before a call, which is let be")
  func hostOfTheRun() {
    let bench = Bench(.pkvm)
    bench.call(.memShare, 0x2_0000)
    bench.monitor.runFault = RunFault(calls: 2..<3, kind: .hostPins)
    #expect(bench.call(.memUnshare, 0x2_0000) == -3)
    bench.monitor.unpinAll()
    var writes = 0
    bench.monitor.hostWrite = { writes += 1 }
    bench.monitor.runFault = RunFault(calls: 3..<4, kind: .hostWrites)
    #expect(bench.call(.memUnshare, 0x2_0000) == 0)
    #expect(bench.call(.memInfo) == 4096 && writes == 1)
  }

  @Test("The host acts just before the call of its position, and what changed nothing is not told")
  func deeds() {
    let bench = Bench(.pkvm)
    var writes = 0
    bench.monitor.hostWrite = { writes += 1 }
    for address in [0x2_0000, 0x4_0000] as [UInt64] { bench.call(.memShare, address) }
    bench.monitor.beginCommand()
    bench.monitor.arm(.pins, before: 2)
    bench.monitor.arm(.writes, before: 3)
    bench.monitor.arm(.unpins, before: 4)
    #expect(bench.call(.memInfo) == 4096)
    #expect(bench.monitor.pinned.isEmpty && writes == 0)
    #expect(bench.call(.memUnshare, 0x4_0000) == -3)
    #expect(bench.monitor.pinned.ranges == bench.monitor.shared.ranges)
    #expect(bench.call(.memUnshare, 0x2_0000) == -3)
    #expect(writes == 1)
    #expect(bench.call(.memUnshare, 0x2_0000) == 0)
    #expect(bench.monitor.effectiveDeeds == [.pins, .writes, .unpins])
    bench.call(.memUnshare, 0x4_0000)
    bench.monitor.beginCommand()
    for deed in HostDeed.allCases { bench.monitor.arm(deed, before: 1) }
    bench.call(.memInfo)
    #expect(bench.monitor.effectiveDeeds.isEmpty)
    bench.call(.memShare, 0x2_0000)
    bench.monitor.pinAll()
    bench.monitor.beginCommand()
    bench.monitor.arm(.pins, before: 1)
    bench.call(.memInfo)
    #expect(bench.monitor.effectiveDeeds.isEmpty)
  }

  @Test("What fails and what is garbage is never what Android 13's guest takes for good")
  func android13Answers() {
    for (mode, function, word) in [
      (.fails(answer: -1), .mmioGuardUnmap, 0xFFFF_FFFD), (.fails(answer: -1), .mmioGuardMap, .max),
      (.answersGarbage(1 << 32), .mmioGuardUnmap, 3), (.answersGarbage(1 << 32), .mmioGuardMap, 3),
      (.answersGarbage(7), .mmioGuardMap, 7),
    ] as [(FaultMode, HypercallFunction, UInt32)] {
      let bench = Bench(.pkvmAndroid13)
      bench.monitor.beginCommand(fault: Fault(position: 1, mode: mode))
      #expect(bench.registers(function, 0).x0 == 0xDEAD_BEEF_0000_0000 | UInt64(word))
    }
    let bench = Bench(.pkvm)
    bench.monitor.beginCommand(fault: Fault(position: 1, mode: .answersGarbage(1 << 32)))
    #expect(bench.call(.mmioGuardMap) == 1 << 32)
  }
}
