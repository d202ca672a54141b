import PropertyTesting

/// A heap as a tree whose nodes are no greater than what hangs below them.
indirect enum Heap: CustomStringConvertible, Sendable {
  case empty
  case node(Int64, Heap, Heap)

  var description: String {
    switch self {
    case .empty: "None"
    case .node(let value, let left, let right): "(\(value), \(left), \(right))"
    }
  }

  /// All values, right before left, as the public text walks.
  var values: [Int64] {
    var stack = [self]
    var result: [Int64] = []
    while let next = stack.popLast() {
      guard case .node(let value, let left, let right) = next else { continue }
      result.append(value)
      stack += [left, right]
    }
    return result
  }

  /// The wrong one: after the root it lists the merged heap, and not in order.
  var wronglySorted: [Int64] {
    guard case .node(let value, let left, let right) = self else { return [] }
    return [value] + Heap.merged(left, right).values
  }

  private static func merged(_ first: Heap, _ second: Heap) -> Heap {
    guard case .node(let x, let leftX, let rightX) = first else { return second }
    guard case .node(let y, let leftY, let rightY) = second else { return first }
    return x <= y
      ? .node(x, merged(rightX, second), leftX) : .node(y, merged(rightY, first), leftY)
  }

  /// Heaps of a depth that is halved at every node, one in six of them empty.
  static func heaps(from least: Int64, depth: UInt64) -> Generator<Heap> {
    let empty = Generator<Heap>.just(.empty)
    guard depth > 0 else { return .oneOf(empty) }
    let node = Generator<Int64>.integer(in: least...Int64.max).flatMap { value in
      let part = heaps(from: value, depth: depth / 2)
      return zip(part, part).map { Heap.node(value, $0.0, $0.1) }
    }
    return .frequency((1, empty), (5, node))
  }
}

extension Challenge {
  /// A heap is sorted by a wrong function.
  static let binaryHeap = Challenge(
    "binary heap", minima: ["(0, None, (0, (0, None, None), (1, None, None)))"],
    published: "102.5 Hypothesis",
    Generator<UInt64>.uniform(in: 0...20).flatMap { Heap.heaps(from: 0, depth: $0) }
  ) { heap in heap.wronglySorted == heap.values.sorted() }
}
