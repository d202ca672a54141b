extension CommandArgument {
  static let initialisation = words(
    "a way to initialise", "INIT", Initialisation.allCases.map { (word: $0.word, value: $0) },
    set: { $1.initialisation = $0 }, value: \.initialisation, tries: \.initialisations)
}

extension Initialisation {
  fileprivate var word: String {
    switch self {
    case .standard: "standard"
    case .withoutRange: "without-range"
    case .emptyRange: "empty-range"
    case .overflowingRange: "overflowing-range"
    case .unalignedAddress: "unaligned-address"
    case .unalignedSize: "unaligned-size"
    case .overlappingRange: "overlapping-range"
    case .outsideRange: "outside-range"
    case .rangeAtZero: "range-at-zero"
    case .crowdedMap: "crowded-map"
    case .dynamic: "dynamic"
    case .fixed: "fixed"
    case .heap: "heap"
    }
  }
}
