import PropertyTesting

extension CommandArgument {
  /// A way to free: mostly as allocated, which the text leaves out.
  static let freeing = words(
    "a way to free", "FREEING", Freeing.allCases.map { (word: $0.word, value: $0) },
    isOptional: true,
    draw: { _, numbers in weights.draw(&numbers) },
    set: { $1.freeing = $0 }, value: \.freeing, tries: \.freeings)

  private static let weights: Weights = [24, 1, 1, 1, 1, 1, 1, 1]
}

extension Freeing {
  fileprivate var word: String {
    switch self {
    case .asAllocated: "as-allocated"
    case .half: "half"
    case .double: "double"
    case .inside: "inside"
    case .foreign: "foreign"
    case .asAnotherKind: "as-another-kind"
    case .inAnotherDirection: "in-another-direction"
    case .asItsNeighbour: "as-its-neighbour"
    }
  }
}
