import PropertyTesting

// The rows about lists, with the generators of the public texts.

extension Challenge {
  /// Lists of lists of any integers, at most four different ones.
  static let largeUnionList = Challenge(
    "large union list", minima: ["[[0, 1, -1, 2, -2]]"], published: "129.4 Exhaust",
    Generator<Int64>.integer.array().array()
  ) { lists in Set(lists.joined()).count <= 4 }

  /// A list is its own reverse.
  static let reverse = Challenge(
    "reverse", minima: ["[0, 1]"], published: "7.8 Exhaust", Generator<Int64>.integer.array()
  ) { $0 == Array($0.reversed()) }

  /// A length from 1 to 100, then as many integers from 0 to 1000; none is 900 or more.
  static let lengthList = Challenge(
    "length list", minima: ["[900]"], published: "19.8 Exhaust",
    Generator<Int>.uniform(in: 1...100).flatMap { count in
      Generator<Int>.uniform(in: 0...1000).array(count: count...count)
    }
  ) { $0.max()! < 900 }

  /// Lists of at most ten 16-bit integers that sum to less than 256; five of them sum to less than
  /// 5 · 256. Sums wrap around.
  static let bound5 = Challenge(
    "bound5", minima: ["[[], [], [], [-1], [-32768]]"], published: "104.9 Exhaust",
    Generator<Int16>.uniform(in: .min ... .max).array(count: 0...10)
      .filter { $0.reduce(0, &+) < 256 }.array(count: 5...5)
  ) { lists in lists.joined().reduce(0, &+) < 5 * 256 }

  /// No index of a list is the element at the place that is its element.
  static let coupling = Challenge(
    "coupling", minima: ["[1, 0]"], published: "23.2 Exhaust",
    Generator<Int>.uniform(in: 0...10).flatMap { most in
      Generator<Int>.uniform(in: 0...most).array(count: 2...max(2, most + 1))
    }.filter { list in list.allSatisfy(list.indices.contains) }
  ) { list in
    list.indices.allSatisfy { list[$0] == $0 || list[list[$0]] != $0 }
  }

  /// An element that is removed is no longer there.
  static let deletion = Challenge(
    "deletion", minima: ["([0, 0], 0)"], published: "4.5 Exhaust",
    zip(
      Generator<Int>.uniform(in: 0...20).array(count: 2...20), Generator<Int>.uniform(in: 0...20)
    ).filter { $0.0.contains($0.1) }
  ) { list, element in
    var rest = list
    rest.remove(at: rest.firstIndex(of: element)!)
    return !rest.contains(element)
  }

  /// A list of 3 to 30 integers has fewer than three different ones.
  static let distinct = Challenge(
    "distinct", minima: ["[0, 1, -1]", "[0, 1, 2]"], published: "10.6 Exhaust",
    Generator<Int64>.integer.array(count: 3...30)
  ) { Set($0).count < 3 }

  /// The lengths of lists sum to at most 10.
  static let nestedLists = Challenge(
    "nested lists", minima: ["[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]"], published: "37.1 Exhaust",
    Generator<UInt64>.integer.array().array()
  ) { lists in lists.reduce(0) { $0 + $1.count } <= 10 }
}
