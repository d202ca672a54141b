import BugMuseum
import Exploration
import MemorySharing
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// The sweep counts what there is, every way to go wrong finds a bug, and nothing that matters is
/// passed over.
@Suite struct SweepTests {
  private let pkvm = Backend.named("pkvm")!
  private let alphabet = Alphabet(sweeping: Configuration())

  @Test("The points of one buffer are as many as one counts by hand")
  func points() throws {
    for (size, hypercalls, pinnable) in [
      // Granule, SHARE, and the drop's UNSHARE, before which there is something to pin.
      (1, 3, 1),
      // Two of each: from the second SHARE on there is.
      (4097, 5, 3),
    ] as [(UInt64, Int, Int)] {
      var sweep = Sweeper(on: LocalStage(.core), pkvm)
      let program = Program(steps: [Step(.allocate(Slot(0), size: size, alignment: 1))])
      let result = try sweep.sweep(program)
      #expect(result.finding == nil)
      for mode in [.fails, .failsFromHereOn, .failsButTakesEffect, .answersGarbage]
        as [Disturbance.Mode]
      {
        #expect(sweep.counts.points(mode) == hypercalls)
      }
      #expect(sweep.counts.points(.pinned) == pinnable)
      #expect(sweep.counts.points(.heapRefuses) == 1)
      // Nothing can be reached before the buffer is there.
      #expect(sweep.counts.points(.hostWrites) == 1)
      #expect(sweep.counts.points(.hostPins) == 1)
      // Before each of them, and before all where that is more.
      let writable = pinnable == 1 ? 1 : pinnable + 1
      #expect(sweep.counts.points(.hostWritesAtCall) == writable)
      #expect(sweep.counts.runs == 1 + 4 * hypercalls + pinnable + writable + 3)
    }
  }

  @Test(
    "Each way to go wrong finds a bug that the same programs do not show undisturbed",
    arguments: [
      (.fails, "unshare-error-stops-the-sweep", 1, "nothing-is-shared-after-teardown"),
      (.failsFromHereOn, "failed-but-took-effect", 1, "quarantine-is-never-reused"),
      (.failsButTakesEffect, "forgets-what-half-failed", 1, "private-memory-is-never-shared"),
      (.pinned, "reports-nothing-lost", 2, "losses-are-reported"),
      (.answersGarbage, "positive-is-success", 1, "live-buffers-lie-in-shared-granules"),
      (.heapRefuses, "success-without-memory", 1, "buffers-honour-their-layout"),
      (.hostWrites, "returns-dirty-memory-to-the-heap", 1, "returned-memory-is-scrubbed"),
      (.hostWritesAtCall, "returns-dirty-memory-to-the-heap", 1, "returned-memory-is-scrubbed"),
      (.hostPins, "reports-nothing-lost", 2, "losses-are-reported"),
    ] as [(Disturbance.Mode, String, Int, String)])
  func modes(mode: Disturbance.Mode, exhibit id: String, length: Int, seenBy: String) throws {
    let rig = try #require(Exhibit.named(id)).rig
    var undisturbed = Sweeper(on: LocalStage(rig), pkvm, modes: [])
    var disturbed = Sweeper(on: LocalStage(rig), pkvm, modes: [mode])
    var honest = Sweeper(on: LocalStage(.core), pkvm, modes: [mode])
    var found: Exploration.Finding?
    for length in 0...length {
      if length <= inRelease(2, debug: 1) {
        #expect(try undisturbed.sweepAll(alphabet, length: length) == nil)
        #expect(try honest.sweepAll(alphabet, length: length) == nil)
      }
      if found == nil { found = try disturbed.sweepAll(alphabet, length: length) }
    }
    let finding = try #require(found)
    guard case .sweep(let disturbance, _, let standalone) = finding.origin else {
      Issue.record("a sweep says where it comes from: \(finding.origin)")
      return
    }
    #expect(disturbance?.mode == mode)
    #expect(finding.program.steps.count == length)
    #expect(finding.verdict.violations.map(\.id).contains(seenBy))
    if let standalone {
      let alone = Lockstep(rig).verdict(of: standalone, on: pkvm)
      #expect(alone?.violations.map(\.id) == finding.verdict.violations.map(\.id))
    }
  }

  @Test("A rollback that does not scrub shows only where the host writes in the middle of it")
  func rollback() throws {
    let rig = Rig(id: "rollback-without-scrubbing", shown: .everything) {
      try CoreSystem($0, ports: RollbackWithoutScrubbing($0))
    }
    let fault = CommandFault.hypercall(position: 2, .fails)
    let program = Program(steps: [
      Step(.allocate(Slot(0), size: 4097, alignment: 1), fault: fault)
    ])
    for mode in Disturbance.Mode.allCases {
      var sweep = Sweeper(on: LocalStage(rig), pkvm, modes: [mode])
      let finding = try sweep.sweep(program).finding
      #expect((finding == nil) == (mode != .hostWritesAtCall))
      let violated = finding?.verdict.violations.map(\.id) ?? ["returned-memory-is-scrubbed"]
      #expect(violated.contains("returned-memory-is-scrubbed"))
      var honest = Sweeper(on: LocalStage(.core), pkvm, modes: [mode])
      #expect(try honest.sweep(program).finding == nil)
    }
  }

  @Test(
    "What the probe of a failed SHARE shares once more is zero, whatever the host wrote meanwhile")
  func probe() throws {
    let program = Program(steps: [
      Step(.standingFault(.failsButTakesEffect)), Step(.allocate(Slot(0), size: 1, alignment: 1)),
    ])
    var sweep = Sweeper(on: LocalStage(.core), pkvm, modes: [.hostWritesAtCall])
    #expect(try sweep.sweep(program).finding == nil)
    // Before the UNSHARE, which takes effect, too; then the probe's SHARE.
    #expect(sweep.counts.points(.hostWritesAtCall) == 1)
  }

  @Test(
    "The first program that is found is the first of all programs, none passed over",
    arguments: [
      "unshare-error-stops-the-sweep", "forgets-what-half-failed", "reports-nothing-lost",
      "leaves-the-console-mapped", "returns-dirty-memory-to-the-heap",
    ])
  func nothingIsMissed(exhibit id: String) throws {
    let rig = try #require(Exhibit.named(id)).rig
    var passing = Sweeper(on: LocalStage(rig), pkvm)
    var patient = Sweeper(on: LocalStage(rig), pkvm)
    for length in 0...2 {
      let quick = try passing.sweepAll(alphabet, length: length)
      let slow = try alphabet.firstProgram(ofLength: length) { try patient.sweep($0).finding }
      #expect(quick?.program == slow?.program)
      #expect(quick?.origin == slow?.origin)
      if quick != nil { return }
    }
    Issue.record("not found")
  }

  @Test("Programs that are swept and programs that are passed over are all there are")
  func counts() throws {
    var sweep = Sweeper(on: LocalStage(.core), pkvm, modes: [.heapRefuses])
    var all = 0
    for length in 0...2 {
      #expect(try sweep.sweepAll(alphabet, length: length) == nil)
      _ = alphabet.firstProgram(ofLength: length) { (_: Program) -> Never? in
        all += 1
        return nil
      }
    }
    #expect(sweep.counts.programs + sweep.counts.passedOver == all)
    #expect(sweep.counts.passedOver > 0)
  }
}

extension Alphabet {
  /// What the first program of a length comes to, of those that come to something; all are tried.
  fileprivate func firstProgram<Result>(
    ofLength length: Int, _ body: (Program) throws -> Result?
  ) rethrows -> Result? {
    var odometer = Odometer(length: length)
    while let next = odometer.turn({ program(from: &$0, length: length) }) {
      if let result = try body(next) { return result }
    }
    return nil
  }
}

/// Does not zero a region between taking it from the heap and giving it back.
private final class RollbackWithoutScrubbing: PortInterceptor {
  private var isRefilling = false

  override func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    let address = try super.allocateZeroed(layout)
    isRefilling = true
    return address
  }

  override func zero(_ range: AddressRange) {
    if !isRefilling { super.zero(range) }
  }

  override func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    isRefilling = false
    try super.deallocate(address, layout)
  }
}
