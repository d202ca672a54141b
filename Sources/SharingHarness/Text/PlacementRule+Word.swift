import SharingModel

extension PlacementRule {
  var word: String {
    switch self {
    case .buddy: "buddy"
    case .firstFit: "first-fit"
    }
  }
}
