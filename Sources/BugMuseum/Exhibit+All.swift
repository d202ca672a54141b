extension Exhibit {
  /// All of them; a new one is one line here. A test holds the list to the files in `Exhibits`.
  public static let all: [Exhibit] = [
    .canary
  ]
}
