import SharingModel
import SimulatedHypervisors
import Testing

@testable import SharingHarness

/// What a run of many programs must have reached.
@Suite struct ReachTests {
  private static func summary(_ lockstep: Lockstep) -> CoverageSummary {
    CoverageSummary(lockstep.coverage)
  }

  /// What one program reaches on a backend.
  private static func reached(_ program: Program, on backend: Backend) throws -> Set<String> {
    let lockstep = Lockstep()
    #expect(try #require(lockstep.verdict(of: program, on: backend)).holds)
    return Set(Self.summary(lockstep).reach.filter { $0.value > 0 }.keys)
  }

  @Test("Every label has an id of its own, and a sentence")
  func table() {
    #expect(Set(Label.all.map(\.id)).count == Label.all.count)
    for label in Label.all {
      let isKebab = label.id.allSatisfy { $0.isLowercase || $0.isNumber || "-^".contains($0) }
      #expect(isKebab, "\(label.id)")
      #expect(label.sentence.hasSuffix("."), "\(label.id)")
      #expect(!label.scope.isEmpty, "\(label.id)")
    }
  }

  @Test("A run counts once, however often it reaches a label")
  func once() throws {
    let program = Program(steps: [.allocate(.a), .allocate(.b), .unshareAll, .unshareAll])
    let lockstep = Lockstep()
    for runs in 1...3 {
      _ = try #require(lockstep.run(program, on: .pkvm))
      let reach = Self.summary(lockstep).reach
      for id in ["granule-4096", "buffer-to-4-kibibytes", "teardown-twice"] {
        #expect(reach[id] == runs, "\(id)")
      }
      #expect(reach["granule-65536"] == 0)
    }
  }

  @Test("A label that no backend of the run can reach is not required")
  func notApplicable() throws {
    let lockstep = Lockstep()
    _ = try #require(lockstep.run(Program(steps: []), on: .kvm))
    let summary = Self.summary(lockstep)
    #expect(summary.reach["granule-4096"] == nil && summary.reach["mmio-page"] == nil)
    #expect(summary.reach["error-no-mmio-guard"] == 0)
    #expect(summary.reach.count + summary.labelsNotApplicable == Label.all.count)
  }

  @Test("A fault counts where it fired, by its position")
  func firedFaults() throws {
    func reached(_ fault: CommandFault) throws -> Set<String> {
      let step = Step(.allocate(.a, size: 40960, alignment: 1), fault: fault)
      return try Self.reached(Program(steps: [step]), on: .pkvm)
    }
    let eighth = try reached(.hypercall(position: 8, .fails))
    #expect(
      eighth.isSuperset(of: ["fails-at-the-7th-to-64th", "share-fails", "fault-in-a-refill"]))
    #expect(!eighth.contains("fails-at-the-2nd-to-6th") && !eighth.contains("fails-lasting"))
    let late = try reached(.hypercall(position: 80, .fails))
    #expect(!late.contains("fault-beyond-the-64th-hypercall") && !late.contains("share-fails"))
    let lasting = try reached(.hypercalls(from: 2, .failsButTakesEffect))
    #expect(
      lasting.isSuperset(of: ["fails-but-takes-effect-lasting", "quarantine-in-a-refill"]))
    #expect(try reached(.host(.pins, before: 1)).isDisjoint(with: ["host-pins-in-the-middle"]))
    #expect(try reached(.host(.pins, before: 5)).contains("host-pins-in-the-middle"))
  }

  @Test("What the machine is counts where it served something")
  func machines() throws {
    var program = Program(steps: [.allocate(.a)])
    program.configuration.granule = 65536
    #expect(try Self.reached(program, on: .pkvm).contains("granule-65536"))
    program.configuration.disguise = .none
    #expect(try Self.reached(program, on: .pkvm).contains("error-unknown-hypervisor"))
    program.configuration.disguise = .itself
    program.steps = []
    #expect(try !Self.reached(program, on: .pkvm).contains("granule-65536"))
  }

  @Test("A planted label that never holds is missed, and named first")
  func planted() throws {
    let never = Label("never", .size, "What no program reaches.") { _ in false }
    let lockstep = Lockstep(labels: Label.all + [never])
    for seed in 1..<200 as Range<UInt64> {
      _ = lockstep.run(Grammar().program(seed: seed), on: .kvm)
    }
    let summary = Self.summary(lockstep)
    #expect(summary.labels(reachedBelow: 1).contains { $0.id == "never" && $0.count == 0 })
    #expect(!summary.labels(reachedBelow: 1).contains { $0.id == "block-16" })
    let counts = summary.labels(reachedBelow: .max).map(\.count)
    #expect(counts == counts.sorted() && counts.count == summary.reach.count)
  }
}
