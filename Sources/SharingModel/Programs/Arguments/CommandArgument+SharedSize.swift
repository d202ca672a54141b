extension CommandArgument {
  /// The size of a driver's buffer: mostly one page or two, sometimes beyond 32 bits.
  static let sharedSize = CommandArgument(
    "a size", "SIZE", .number(), .every,
    draw: { draw, numbers in
      switch numbers.next(below: 24) {
      case 3, 4, 5: max(1, numbers.edgeBiased(upTo: draw.usual, unit: 16))
      case 0: draw.affordable((1 << 32) + numbers.next(below: 3))
      case 1: draw.affordable(numbers.edgeBiased(upTo: .max))
      case 2: numbers.next(below: 2)
      default: max(1, numbers.edgeBiased(upTo: 8192, unit: 16))
      }
    },
    set: { $1.size = $0 }, number: \.size,
    tries: one(of: \.sizes) { $1.size = $0 },
    request: { Alphabet.Request(size: $0.size, alignment: 16) },
    widen: { $1.sizes.append($0.size) })
}
