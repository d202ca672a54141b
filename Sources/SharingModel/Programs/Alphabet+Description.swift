import PropertyTesting

extension Alphabet: CustomStringConvertible {
  /// How many steps there are to choose from, once every slot has a name.
  public var count: Int {
    var odometer = Odometer(length: 0)
    var count = 0
    let step = { (choices: inout Choices) -> Step in
      var names = Names(used: slots, most: slots)
      return self.step(from: &choices, &names)
    }
    while odometer.turn(step) != nil { count += 1 }
    return count
  }

  /// How many programs of a length there are.
  public func programs(ofLength length: Int) -> Int {
    // By the number of slots that have a name, as names are given in the order of first use.
    var counts = [1] + [Int](repeating: 0, count: slots)
    for place in 0..<length {
      var next = [Int](repeating: 0, count: slots + 1)
      for (used, count) in counts.enumerated() where count > 0 {
        for (named, steps) in followers(used, isLast: place + 1 == length).enumerated() {
          next[named] += count * steps
        }
      }
      counts = next
    }
    return counts.reduce(0, +)
  }

  /// How many steps there are once `used` slots have a name, by how many have one after.
  private func followers(_ used: Int, isLast: Bool) -> [Int] {
    var odometer = Odometer(length: 0)
    var result = [Int](repeating: 0, count: slots + 1)
    let next = { (choices: inout Choices) -> Int in
      var names = Names(used: used, most: slots)
      names.isLast = isLast
      _ = step(from: &choices, &names)
      return names.used
    }
    while let named = odometer.turn(next) { result[named] += 1 }
    return result
  }

  /// What the programs of a sweep are made of, in a few lines.
  public var sweepLines: [String] {
    let requests = requests.map { "\($0.size) align \($0.alignment)" }.joined(separator: ", ")
    return [
      "\(count) steps, of every kind of command, with two slots:",
      "  allocate and heap-allocate \(requests); share \(Self.list(sizes)) both ways;",
      "  dma-alloc of \(Self.list(pages)) pages both ways; 1 or 2 MMIO pages; free as allocated;",
      "  the standard init; standing faults: fails, none.",
    ]
  }

  /// What a program is made of, in a few lines.
  public var lines: [String] {
    let largest = requests.map { max($0.size, $0.alignment) }.max() ?? 0
    let modes = Grammar.faultModes.count
    return [
      "\(count) steps, of every kind of command, on the machine of this program:",
      "  \(requests.count) pairs of size and alignment up to \(largest), for each block order and"
        + " number of granules touched one, and ±1,",
      "  the smallest request of each alignment, size 0 and an alignment that is none;",
      "  DMA of \(Self.list(pages)) pages, \(sizes.count) sizes to share, in every direction;"
        + " heap memory zeroed and not;",
      "  every way to free and to initialise; MMIO pages "
        + mappings.map { "\($0.page)+\($0.pages)" }.joined(separator: ", ")
        + "; every range to add;",
      "  \(slots) slots, named in the order of their first use, the driver's buffers at their"
        + " addresses only;",
      "  the heap's fault, and each of a command's first \(Grammar.faultPositions) hypercalls"
        + " failing in \(modes) ways, for once or from then on."
        + (hasOwnFaults ? " What else goes wrong in the program, too." : ""),
    ]
  }

  /// Whether the program has faults that not every proof tries.
  private var hasOwnFaults: Bool { faults.count > Alphabet.faults(with: []).count }

  public var description: String { lines.joined(separator: "\n") }

  private static func list(_ numbers: [UInt64]) -> String {
    numbers.map(String.init).joined(separator: ", ")
  }
}
