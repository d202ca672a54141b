extension CommandArgument {
  /// Whether a driver's buffer lies at the top of the address space. A proof tries that only where
  /// its program does.
  static let isAtTop = CommandArgument(
    "whether the buffer is at the top", "at-the-top", .flag("at-the-top"), .range(0...1),
    draw: { _, numbers in numbers.chance(1, outOf: 32) ? 1 : 0 },
    set: { $1.isAtTop = $0 == 1 }, number: { $0.isAtTop ? 1 : 0 },
    tries: one(of: \.driverPlaces) { $1.isAtTop = $0 },
    widen: { values, alphabet in
      if values.isAtTop { alphabet.driverPlaces = [false, true] }
    })
}
