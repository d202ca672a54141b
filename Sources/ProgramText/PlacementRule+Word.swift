import SharingModel

extension PlacementRule {
  package var word: String {
    switch self {
    case .buddy: "buddy"
    case .firstFit: "first-fit"
    }
  }
}
