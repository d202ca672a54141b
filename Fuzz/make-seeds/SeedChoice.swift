import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Chooses, among the programs of the seeds from 0, few that together reach much.
struct SeedChoice {
  private struct Candidate {
    var bytes: [UInt8]
    var reached: Set<String>
  }

  private var candidates: [Candidate] = []

  /// Plays the programs; those that bytes cannot hold exactly are left out.
  init(candidates count: UInt64) {
    let check = EveryBackend()
    for seed in 0..<count {
      let encoded = Grammar(maximumLength: 30).testCase(seed: seed).encoded()
      guard encoded.isExact, encoded.bytes.count <= check.mostBytes,
        check.isAffordable(bytes: encoded.bytes)
      else { continue }
      let program = check.program(bytes: encoded.bytes)
      var reached: Set<String> = []
      for backend in check.backends {
        let before = check.lockstep.coverage
        guard check.lockstep.run(program, on: backend) != nil else { continue }
        reached.formUnion(check.lockstep.coverage.reached(since: before, on: backend))
      }
      candidates.append(Candidate(bytes: encoded.bytes, reached: reached))
    }
  }

  /// Takes the one that adds most for its length, again and again, as long as one adds something.
  consuming func choose(_ count: Int) -> [[UInt8]] {
    var chosen: [[UInt8]] = []
    while chosen.count < count {
      let best = candidates.indices.max { score($0) < score($1) }
      guard let best, !candidates[best].reached.isEmpty else { break }
      let taken = candidates.remove(at: best)
      chosen.append(taken.bytes)
      for index in candidates.indices { candidates[index].reached.subtract(taken.reached) }
    }
    return chosen
  }

  private func score(_ index: Int) -> Int {
    1_000_000 * candidates[index].reached.count / (256 + candidates[index].bytes.count)
  }
}

extension Coverage {
  /// What has been counted since, as names, with how often in powers of two.
  func reached(since before: Coverage, on backend: Backend) -> Set<String> {
    var result: Set<String> = []
    func note(_ name: String, _ after: [Int], _ before: [Int], on place: String = "") {
      for index in after.indices where after[index] > before[index] {
        // More is something else than some, by powers of two.
        let times = after[index] - before[index]
        for power in 0..<(Int.bitWidth - times.leadingZeroBitCount) {
          result.insert("\(place) \(name) \(index) \(power)")
        }
      }
    }
    note("served", served, before.served, on: backend.id)
    note("refused", refused, before.refused, on: backend.id)
    note("skipped", skipped, before.skipped)
    note("error", errors, before.errors, on: backend.id)
    note("merge", merges, before.merges)
    note(
      "counts",
      [
        refills, quarantines, heapFaults, faults.failed, faults.failedButTookEffect,
        faults.answeredGarbage,
      ],
      [
        before.refills, before.quarantines, before.heapFaults, before.faults.failed,
        before.faults.failedButTookEffect, before.faults.answeredGarbage,
      ],
      on: backend.id)
    return result
  }
}
