import MemorySharing

extension Grammar {
  /// The directions of buffers, the simplest first.
  static let directions: [BufferDirection] = [.driverToDevice, .deviceToDriver, .both]
}

extension CommandArgument {
  /// Which way a buffer's bytes go.
  static let direction = words(
    "a direction", "DIRECTION", Grammar.directions.map { (word: $0.word, value: $0) },
    set: { $1.direction = $0 }, value: \.direction, tries: \.directions)
}

extension BufferDirection {
  fileprivate var word: String {
    switch self {
    case .driverToDevice: "to-device"
    case .deviceToDriver: "from-device"
    case .both: "both"
    }
  }
}
