/// How often each of some names came.
public struct Tally: Equatable, Sendable {
  private var counts: [String: Int] = [:]

  /// How often a name came.
  public subscript(name: String) -> Int { counts[name] ?? 0 }
  /// All that came, in alphabetical order.
  public var names: [String] { counts.keys.sorted() }
  /// How often any came.
  public var total: Int { counts.values.reduce(0, +) }

  mutating func add(_ name: String) { counts[name, default: 0] += 1 }
}
