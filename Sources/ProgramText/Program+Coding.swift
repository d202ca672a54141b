import SharingModel

/// Written as its text, which reads as the same program in every version.
extension Program: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = try Program(text: try container.decode(String.self))
    } catch let error as ProgramTextError {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no program: \(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
