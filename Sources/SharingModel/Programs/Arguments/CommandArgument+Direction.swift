import MemorySharing

extension CommandArgument {
  /// Which way a buffer's bytes go.
  static let direction = words(
    "a direction", "DIRECTION",
    [
      (word: "to-device", value: BufferDirection.driverToDevice),
      (word: "from-device", value: .deviceToDriver), (word: "both", value: .both),
    ],
    set: { $1.direction = $0 }, value: \.direction, tries: \.directions)
}
