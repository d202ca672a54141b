import Foundation
import MemorySharing

/// Replays one trace on both allocators, round by round, and prints what a call costs.
///
/// Both have the same placement rule, so both must return the same addresses in every round; the
/// exit code is 1 when they do not.
@main struct AllocatorBenchmark {
  static let liveBlocks = [64, 1024, 8192, 65536]
  static let minimumBlocks: [UInt64] = [16, 64]
  static let steps = 200_000
  static let rounds = 9
  static let seed: UInt64 = 0x5eed

  static func main() {
    do {
      try printTable()
    } catch {
      print("FAILED: \(error)")
      exit(1)
    }
  }

  static func printTable() throws {
    print("ns a call, median of \(rounds) interleaved rounds of \(2 * steps) calls, seed \(seed)")
    print("'replay' is what each of the two spends in the benchmark's own loop")
    print("call   minimum  live blocks  replay  BuddyAllocator  sorted sets  ratio")
    for subject in Subject.allCases {
      for minimumBlock in minimumBlocks {
        for live in liveBlocks {
          let trace = try Trace(live: live, steps: steps, seed: seed)
          let row = try Row(subject, minimumBlock: minimumBlock, trace: trace, rounds: rounds)
          print(
            subject.rawValue.padding(toLength: 5, withPad: " ", startingAt: 0),
            pad(minimumBlock, 8), pad(live, 12), pad(row.replay, 7), pad(row.core, 15),
            pad(row.sortedSets, 12), pad(row.ratio, 6))
        }
      }
    }
  }

  static func pad(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func pad(_ value: Double, _ width: Int) -> String {
    pad(String(format: "%.2f", value), width)
  }
}
