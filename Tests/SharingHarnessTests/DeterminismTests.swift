import Exploration
import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct DeterminismTests {
  private static let backends = Backend.all

  /// The hashes of all pinned programs on a backend, folded into one.
  private static func fold(_ lockstep: Lockstep, _ backend: Backend) throws -> UInt64 {
    var fold = RunHash()
    for seed in PinnedTraces.seeds {
      let verdict = try #require(lockstep.verdict(of: Grammar().program(seed: seed), on: backend))
      fold.add(verdict.hash)
    }
    return fold.value
  }

  /// What a campaign comes to that builds upon its own programs.
  private static func campaign() throws -> UInt64 {
    let lockstep = Lockstep()
    _ = try Campaign(backends: [.pkvm, .kvm], seed: 0, programs: PinnedTraces.campaign)
      .explore(on: LocalStage(lockstep))
    return lockstep.coverage.trace.value
  }

  @Test("Runs come to what they came to when they were pinned")
  func pinned() throws {
    // One lockstep for all, so that a trace of one backend in the next would be seen.
    let lockstep = Lockstep()
    var folds = try Self.backends.map { ($0.id, try Self.fold(lockstep, $0)) }
    folds.append(("campaign", try Self.campaign()))
    if ProcessInfo.processInfo.environment["SHARECHECK_PIN"] == "1" { return try Self.pin(folds) }
    #expect(PinnedTraces.folds.count == folds.count)
    for (id, fold) in folds {
      #expect(PinnedTraces.folds[id] == fold, "\(id): \(hex(fold)); to pin: SHARECHECK_PIN=1")
    }
  }

  private static func pin(_ folds: [(String, UInt64)]) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "PinnedTraces.swift")
    var lines = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    let first = try #require(lines.firstIndex { $0.hasPrefix("    \"") })
    lines.removeAll { $0.hasPrefix("    \"") }
    lines.insert(contentsOf: folds.map { "    \"\($0)\": \(hex($1))," }, at: first)
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }

  @Test("A run does not depend on the runs before it")
  func noHistory() throws {
    let used = Lockstep()
    for seed in 1000..<1060 as Range<UInt64> {
      let backend = Self.backends[Int(seed) % Self.backends.count]
      let program = Grammar().program(seed: seed)
      let other = Self.backends[Int(seed / 6) % Self.backends.count]
      _ = used.verdict(of: Grammar().program(seed: seed + 1), on: other)
      let again = try #require(used.run(program, on: backend, keeping: .outcomes))
      let fresh = Lockstep()
      let alone = try #require(fresh.run(program, on: backend, keeping: .outcomes))
      #expect(again.verdict == alone.verdict, "seed \(seed) on \(backend.id)")
      #expect(again.outcomes == alone.outcomes)
    }
  }

  @Test("Other programs and other backends have other hashes")
  func distinct() throws {
    let lockstep = Lockstep()
    var hashes: [UInt64] = []
    for seed in 0..<100 as Range<UInt64> {
      let program = Grammar().program(seed: seed)
      guard program.steps.count > 3, program.configuration.disguise == .itself else { continue }
      hashes.append(try #require(lockstep.verdict(of: program, on: .pkvm)).hash)
    }
    #expect(Set(hashes).count == hashes.count)
    #expect(Set(PinnedTraces.folds.values).count >= 3)
  }
}
