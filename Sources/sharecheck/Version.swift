/// The version of sharecheck and the commit that it was built from.
enum Version {
  static let text = "2.0"
}
