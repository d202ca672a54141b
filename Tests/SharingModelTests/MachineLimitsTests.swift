import MemorySharing
import Testing

@testable import SharingModel

@Suite("Machines within a system's limits")
struct MachineLimitsTests {
  private static var limits: MachineLimits {
    var limits = MachineLimits()
    limits.granules = 4096 | 65536
    limits.minimumBlock = 64
    limits.largestBlock = 1 << 20
    limits.mmioRecords = 5
    limits.takesScantStorage = false
    limits.heapRule = .buddy
    limits.calls = GuestCalls.all.subtracting([.heapAdd, .mmio])
    return limits
  }

  @Test("The nearest machine is within all limits, and is its own nearest")
  func nearest() {
    let limits = Self.limits
    var changed = 0
    for seed in 0..<300 as Range<UInt64> {
      let drawn = Grammar().program(seed: seed).configuration
      let machine = limits.nearest(drawn)
      #expect(limits.nearest(machine) == machine, "seed \(seed)")
      #expect([4096, 65536].contains(machine.granule))
      #expect(machine.minimumBlock == 64 && machine.poolTop == 1 << 20)
      #expect(machine.heapTop == 1 << 20 && machine.mmioRecords == 5)
      #expect(machine.missingPoolMetadata == 0 && machine.regionRecordBytes == 0)
      #expect(machine.heldBack == 0 && !machine.disguise.isOfTheGuard)
      if machine != drawn { changed += 1 }
    }
    #expect(changed > 200)
  }

  @Test(
    "Mapped machines lie where a process can have memory, and are drawn again from their choices")
  func mapped() {
    var limits = MachineLimits()
    limits.isMapped = true
    limits.granules = MachineLimits.mappableGranules
    let grammar = Grammar(limits: limits)
    for seed in 0..<300 as Range<UInt64> {
      let program = grammar.program(seed: seed)
      let machine = program.configuration
      #expect(limits.nearest(machine) == machine, "seed \(seed)")
      // Nil where no choices make the program.
      let isMade = grammar.testCase(of: program) != nil
      #expect(isMade, "seed \(seed)")
      #expect((64...65536).contains(machine.granule) && machine.minimumBlock >= 8)
      for range in [machine.arena, machine.staticRange, machine.driverMemory] {
        let start = range.start.rawValue &+ machine.virtualOffset
        #expect(range.size <= 1 << 25 && (1 << 44..<1 << 46).contains(start), "seed \(seed)")
      }
    }
  }

  @Test("Programs are drawn within the limits, and ask for no call that is missing")
  func grammar() {
    let grammar = Grammar(limits: Self.limits)
    for seed in 0..<100 as Range<UInt64> {
      let program = grammar.program(seed: seed)
      #expect(Self.limits.nearest(program.configuration) == program.configuration)
      #expect(!program.steps.contains { [.mapMMIO, .heapAdd].contains($0.command.kind) })
    }
  }

  @Test("A part that is left out is in no program, and one that is not is in some")
  func parts() {
    for (name, part) in ProgramParts.names {
      var limits = MachineLimits()
      limits.leftOut = part
      #expect(!Self.parts(of: Grammar(limits: limits)).contains(part), "\(name)")
    }
    #expect(Self.parts(of: Grammar()) == [.hostWrites, .pins, .faults, .nestedCalls])
  }

  /// What the programs of 400 seeds have.
  private static func parts(of grammar: Grammar) -> ProgramParts {
    var parts: ProgramParts = []
    for seed in 0..<400 as Range<UInt64> {
      for step in grammar.program(seed: seed).steps {
        parts.formUnion(step.command.kind.part)
        for fault in step.faults {
          switch fault {
          case .hypercall, .hypercalls, .heapAllocation, .heapFree: parts.insert(.faults)
          case .host(.writes, _): parts.insert(.hostWrites)
          case .host: parts.insert(.pins)
          case .guest: parts.insert(.nestedCalls)
          }
        }
      }
    }
    return parts
  }

  @Test("Without limits every machine stays as it is")
  func none() {
    for seed in 0..<100 as Range<UInt64> {
      let drawn = Grammar().program(seed: seed).configuration
      #expect(MachineLimits().nearest(drawn) == drawn)
    }
  }
}
