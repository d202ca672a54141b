import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("The monitor answers as the tables say")
struct MonitorTests {
  @Test("SHARE of an owned granule answers 0, and the host can reach it and nothing else")
  func share() {
    let bench = Bench(.pkvm)
    #expect(bench.call(.memShare, 0x2_0000) == 0)
    #expect(bench.lastEffect == .becameShared(range(0x2_0000, 4096)))
    #expect(bench.monitor.shared.ranges == [range(0x2_0000, 4096)])
    #expect(bench.call(.memShare, 0x2_1000) == 0)
    #expect(bench.monitor.shared.ranges == [range(0x2_0000, 8192)])
  }

  @Test("SHARE of a shared granule answers -3 and changes nothing")
  func shareTwice() {
    let bench = Bench(.pkvm)
    bench.call(.memShare, 0x2_0000)
    #expect(bench.call(.memShare, 0x2_0000) == -3)
    #expect(bench.lastEffect == HypercallEffect.none)
    #expect(bench.monitor.shared.size == 4096)
  }

  @Test(
    "SHARE and UNSHARE of what is not RAM answer -3", arguments: [0, 0xF000, 0x11_0000, UInt64.max])
  func notRAM(address: UInt64) {
    for backend in [Backend.pkvm, .pkvmNewer] {
      let bench = Bench(backend)
      #expect(bench.call(.memShare, address) == -3)
      #expect(bench.call(.memUnshare, address) == -3)
      #expect(bench.monitor.shared.isEmpty)
    }
  }

  @Test("UNSHARE of what was shared before boot and is no RAM answers -3")
  func sharedAndNotRAM() {
    let bench = Bench(.pkvm)
    bench.monitor.shareBeforeBoot(range(0x20_0000, 4096))
    #expect(bench.call(.memUnshare, 0x20_0000) == -3)
    #expect(bench.monitor.shared.size == 4096)
  }

  @Test("A granule that is only partly RAM is not RAM")
  func partlyRAM() {
    let bench = Bench(.pkvm, granule: 0x2_0000)
    #expect(bench.call(.memShare, 0) == -3)
    #expect(bench.call(.memShare, 0x10_0000) == -3)
    #expect(bench.call(.memShare, 0x2_0000) == 0)
  }

  @Test("UNSHARE answers 0 for a shared granule and -3 for one that is not")
  func unshare() {
    let bench = Bench(.pkvm)
    #expect(bench.call(.memUnshare, 0x2_0000) == -3)
    bench.call(.memShare, 0x2_0000)
    #expect(bench.call(.memUnshare, 0x2_0000) == 0)
    #expect(bench.lastEffect == .becamePrivate(range(0x2_0000, 4096)))
    #expect(bench.monitor.shared.isEmpty)
    #expect(bench.call(.memUnshare, 0x2_0000) == -3)
  }

  @Test("UNSHARE of a pinned granule answers -3 until the host lets go of it")
  func pinned() {
    let bench = Bench(.pkvm)
    #expect(!bench.monitor.pin(PhysicalAddress(0x2_0000)), "private memory cannot be pinned")
    bench.call(.memShare, 0x2_0000)
    bench.call(.memShare, 0x2_1000)
    #expect(bench.monitor.pin(PhysicalAddress(0x2_0FFF)))
    #expect(bench.call(.memUnshare, 0x2_0000) == -3)
    #expect(bench.call(.memUnshare, 0x2_1000) == 0)
    bench.monitor.unpinAll()
    #expect(bench.call(.memUnshare, 0x2_0000) == 0)
  }

  @Test("An unaligned address is rounded down by older hypervisors and refused by newer ones")
  func unaligned() {
    let older = Bench(.pkvm)
    #expect(older.call(.memShare, 0x2_0FFF) == 0)
    #expect(older.monitor.shared.ranges == [range(0x2_0000, 4096)])
    #expect(older.call(.memUnshare, 0x2_0001) == 0)
    let newer = Bench(.pkvmNewer)
    #expect(newer.call(.memShare, 0x2_0FFF) == -3)
    newer.call(.memShare, 0x2_0000)
    #expect(newer.call(.memUnshare, 0x2_0001) == -3)
    #expect(newer.monitor.shared.size == 4096)
  }

  @Test("Older hypervisors refuse an x2 or x3 that is not 0")
  func olderArguments() {
    let bench = Bench(.pkvm)
    for (x2, x3) in [(1, 0), (0, 1), (1, 1)] as [(UInt64, UInt64)] {
      #expect(bench.call(.memShare, 0x2_0000, x2, x3) == -3)
    }
    #expect(bench.registers(.memShare, 0x2_0000).x1 == 0)
    #expect(bench.call(.memUnshare, 0x2_0000, 1, 0) == -3)
    #expect(bench.call(.memUnshare, 0x2_0000, 0, 1) == -3)
  }

  @Test("Newer hypervisors take x2 for a number of granules, and answer in x1 how many were done")
  func newerArguments() {
    let bench = Bench(.pkvmNewer)
    #expect(bench.call(.memShare, 0x2_0000, 1, 1) == -3)
    #expect(bench.registers(.memShare, 0x2_0000, 0) == HypercallRegisters(0, 1))
    #expect(bench.registers(.memShare, 0x3_0000, 3) == HypercallRegisters(0, 3))
    #expect(bench.lastEffect == .becameShared(range(0x3_0000, 3 * 4096)))
    // The third of these is shared already: two are done. From a shared one, none is.
    #expect(bench.registers(.memShare, 0x2_E000, 4) == HypercallRegisters(0, 2))
    #expect(bench.call(.memShare, 0x2_F000, 2) == -3)
    bench.monitor.pin(PhysicalAddress(0x3_1000))
    #expect(bench.registers(.memUnshare, 0x3_0000, 3) == HypercallRegisters(0, 1))
    #expect(bench.call(.memUnshare, 0x3_1000, 3) == -3)
    // RAM ends at 0x110000, and no call does more than the limit.
    #expect(bench.registers(.memShare, 0x10_F000, .max) == HypercallRegisters(0, 1))
    var behaviour = Backend.pkvmNewer.behaviour
    behaviour.batchLimit = 2
    #expect(Bench(behaviour).registers(.memShare, 0x2_0000, 9) == HypercallRegisters(0, 2))
  }

  @Test(
    "MEMINFO answers the granule, and -3 to an argument", arguments: [1, 64, 4096, 16384, 65536])
  func memInfo(bytes: UInt64) {
    let bench = Bench(.pkvm, granule: bytes)
    #expect(bench.call(.memInfo) == Int64(bytes))
    #expect(bench.call(.memInfo, 1) == -3)
    #expect(bench.call(.memInfo, 0, 1) == -3)
    #expect(bench.call(.memInfo, 0, 0, 1) == -3)
    #expect(bench.call(.memShare, 0x2_0000) == 0)
    #expect(bench.monitor.shared.size == bytes)
  }

  @Test("Gunyah and plain KVM have none of the calls, GenieZone may say that it needs none")
  func missingCalls() {
    var idle = Backend.genieZone.behaviour
    idle.sharing = .notRequired
    idle.mmioGuard = .notRequired
    for (bench, answer) in [
      (Bench(.gunyah), -1), (Bench(.kvm), -1), (Bench(idle), -2),
    ] as [(Bench, Int64)] {
      for function in [
        .memInfo, .memShare, .memUnshare, .mmioGuardInfo, .mmioGuardEnroll, .mmioGuardMap,
        .mmioGuardUnmap,
      ] as [HypercallFunction] {
        #expect(bench.call(function, 0x2_0000) == answer)
      }
      #expect(bench.monitor.shared.isEmpty && bench.monitor.mmio.isEmpty)
    }
  }

  @Test("A function that nobody knows answers -1, and calls are counted by function")
  func counting() {
    let bench = Bench(.pkvm)
    #expect(bench.monitor.call(HypercallRegisters(0xC600_0009)).x0 == x0(-1))
    bench.call(.memShare, 0x2_0000)
    bench.call(.memShare, 0x2_0000)
    bench.call(.memInfo)
    #expect(bench.monitor.calls(of: .memShare) == 2)
    #expect(bench.monitor.calls(of: .memInfo) == 1)
    #expect(bench.monitor.calls(of: .memUnshare) == 0)
    #expect(bench.monitor.callsInAll == 4)
    bench.monitor.beginCommand()
    #expect(bench.monitor.callsInCommand == 0)
  }

  @Test("The MMIO guard maps after ENROLL, each granule once, and unmaps what is mapped")
  func mmioGuard() {
    let bench = Bench(.pkvm)
    #expect(bench.call(.mmioGuardInfo) == 4096)
    #expect(bench.call(.mmioGuardMap, 0x9000_0000) == -3, "not enrolled")
    #expect(bench.call(.mmioGuardEnroll) == 0)
    #expect(bench.call(.mmioGuardMap, 0x9000_0001) == -3)
    #expect(bench.call(.mmioGuardMap, 0x9000_0000) == 0)
    #expect(bench.lastEffect == .mmioMapped(PhysicalAddress(0x9000_0000)))
    #expect(bench.call(.mmioGuardMap, 0x9000_0000) == -3)
    #expect(bench.call(.mmioGuardUnmap, 0x9000_1000) == -3)
    #expect(bench.monitor.mmio.ranges == [range(0x9000_0000, 4096)])
    #expect(bench.call(.mmioGuardUnmap, 0x9000_0000) == 0)
    #expect(bench.lastEffect == .mmioUnmapped(PhysicalAddress(0x9000_0000)))
    #expect(bench.call(.mmioGuardUnmap, 0x9000_0000) == -3)
  }

  @Test("Android 13 answers MAP and UNMAP in 32 bits under garbage, and -1 to a good UNMAP")
  func android13() {
    let bench = Bench(.pkvmAndroid13)
    #expect(bench.call(.mmioGuardEnroll) == 0)
    #expect(bench.registers(.mmioGuardMap, 0).x0 == 0xDEAD_BEEF_0000_0000)
    #expect(bench.registers(.mmioGuardMap, 0).x0 == 0xDEAD_BEEF_FFFF_FFFD)
    #expect(bench.registers(.mmioGuardUnmap, 0).x0 == 0xDEAD_BEEF_FFFF_FFFF)
    #expect(bench.registers(.mmioGuardUnmap, 0).x0 == 0xDEAD_BEEF_FFFF_FFFD)
    #expect(bench.call(.memShare, 0x2_0000) == 0)
    #expect(bench.call(.mmioGuardInfo) == 4096)
  }

  @Test("INFO answers the machine's MMIO granule, by which MAP and UNMAP count")
  func mmioGranule() {
    let bench = Bench(.pkvm)
    var configuration = bench.monitor.configuration
    configuration.mmioGranule = 8192
    bench.monitor.reset(configuration)
    bench.call(.mmioGuardEnroll)
    #expect(bench.call(.mmioGuardInfo) == 8192)
    #expect(bench.call(.mmioGuardMap, 4096) == -3)
    #expect(bench.call(.mmioGuardMap, 8192) == 0)
    #expect(bench.monitor.mmio.ranges == [range(8192, 8192)])
  }

  @Test("In a disguise the words of a UUID lie under garbage, or a good UNMAP answers 0")
  func disguises() {
    let garbage = Bench(Backend.pkvm.behaviour(in: .upperBits))
    let plain = Bench(.pkvm)
    let (told, own) = (garbage.registers(.vendorUID), plain.registers(.vendorUID))
    #expect(told.x0 == own.x0 | 0xDEAD_BEEF_0000_0000 && own.x0 >> 32 == 0)
    let zero = Bench(Backend.pkvmAndroid13.behaviour(in: .unmapAnswersZero))
    zero.call(.mmioGuardEnroll)
    zero.call(.mmioGuardMap, 0)
    #expect(zero.registers(.mmioGuardUnmap, 0).x0 == 0xDEAD_BEEF_0000_0000)
  }

  @Test("Only what is shared as a whole can be pinned, and all of it at once")
  func pinning() {
    let bench = Bench(.pkvm)
    bench.monitor.shareBeforeBoot(range(0x2_0000, 2048))
    #expect(!bench.monitor.pin(PhysicalAddress(0x2_0000)))
    bench.call(.memShare, 0x4_0000)
    bench.monitor.pinAll()
    #expect(bench.monitor.pinned.ranges == [range(0x2_0000, 2048), range(0x4_0000, 4096)])
  }

  @Test("Reset brings back the machine as it was switched on, with another configuration")
  func reset() {
    let bench = Bench(.pkvm)
    bench.call(.memShare, 0x2_0000)
    bench.monitor.pin(PhysicalAddress(0x2_0000))
    bench.call(.mmioGuardEnroll)
    bench.call(.mmioGuardMap, 0)
    bench.monitor.abandon(range(0x2_0000, 4096))
    #expect(bench.log.last == .abandoned(range(0x2_0000, 4096)))
    #expect(bench.monitor.abandoned == [range(0x2_0000, 4096)])
    bench.monitor.standingFault = .fails
    bench.monitor.beginCommand(fault: Fault(position: 1, mode: .fails))
    bench.call(.memInfo)
    bench.monitor.reset(Backend.gunyah.configuration(granule: granule(64), ram: []))
    #expect(bench.monitor.shared.isEmpty && bench.monitor.pinned.isEmpty)
    #expect(bench.monitor.mmio.isEmpty && !bench.monitor.isEnrolled)
    #expect(bench.monitor.abandoned.isEmpty && bench.monitor.faultCounts == FaultCounts())
    #expect(bench.monitor.callsInAll == 0 && bench.monitor.calls(of: .memShare) == 0)
    #expect(bench.call(.memInfo) == -1)
  }
}
