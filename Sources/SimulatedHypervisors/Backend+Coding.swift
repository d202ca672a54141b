/// Written as its id.
extension Backend: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let id = try container.decode(String.self)
    guard let backend = Backend.named(id) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no backend \"\(id)\"")
    }
    self = backend
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(id)
  }
}
