// Finds and shrinks every row of the shrinking challenges from many seeds, and prints a table.

import PropertyTesting

let seeds = CommandLine.arguments.dropFirst().first.flatMap(UInt64.init) ?? 100
let only = CommandLine.arguments.dropFirst(2).first ?? ""
for challenge in Challenge.all where challenge.name.contains(only) || only.isEmpty {
  var texts: [String: Int] = [:]
  var evaluations: [Int] = []
  let time = ContinuousClock().measure {
    for seed in 0..<seeds {
      guard let outcome = challenge.outcome(seed: seed) else { continue }
      texts[outcome.text, default: 0] += 1
      evaluations.append(outcome.evaluations)
    }
  }
  evaluations.sort()
  let good = challenge.minima.reduce(0) { $0 + (texts[$1] ?? 0) }
  let mean = Double(evaluations.reduce(0, +)) / Double(evaluations.count)
  print(
    challenge.name, "\(good)/\(seeds)", "distinct", texts.count, "mean", mean, "median",
    evaluations[evaluations.count / 2], time / Int(seeds), challenge.published)
  for (text, count) in texts.sorted(by: { $0.value > $1.value }).prefix(5) {
    print("    ", count, text)
  }
}
