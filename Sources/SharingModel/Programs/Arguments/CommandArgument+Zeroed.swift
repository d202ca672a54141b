extension CommandArgument {
  /// Whether heap memory is asked for as zeros.
  static let zeroed = CommandArgument(
    "whether memory is zeroed", "zeroed", .flag("zeroed"), .range(0...1),
    draw: { _, numbers in numbers.chance(1, outOf: 2) ? 1 : 0 },
    set: { $1.isZeroed = $0 == 1 }, number: { $0.isZeroed ? 1 : 0 },
    tries: one(of: \.zeroings) { $1.isZeroed = $0 })
}
