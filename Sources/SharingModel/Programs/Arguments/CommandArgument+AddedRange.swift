extension CommandArgument {
  static let addedRange = words(
    "a range", "RANGE", AddedRange.allCases.map { (word: $0.word, value: $0) },
    set: { $1.addedRange = $0 }, value: \.addedRange, tries: \.addedRanges)
}

extension AddedRange {
  fileprivate var word: String {
    switch self {
    case .rest: "rest"
    case .half: "half"
    case .again: "again"
    case .across: "across"
    case .beyond: "beyond"
    case .outside: "outside"
    case .empty: "empty"
    case .overflowing: "overflowing"
    }
  }
}
