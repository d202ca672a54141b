extension ShrinkPass {
  /// Makes the first of two numbers smaller and the second larger, so that their sum stays.
  public static let redistribute = ShrinkPass("redistribute", .thorough) { context in
    context.forEachPair(least: 0) { context, first, second in
      context.shift(first, with: second, factor: -1)
    }
  }
}
