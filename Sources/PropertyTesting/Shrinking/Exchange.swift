extension ShrinkPass {
  /// Sets a number of a command to 0 and a later one, of another kind, to a power of two instead.
  ///
  /// What an alignment did a size may do as well.
  public static let exchange = ShrinkPass("exchange", .thorough) { context in
    guard context.best.length > 0 else { return }
    let places = context.best.plainPlaces
    for first in places where context.best.value(first.record, first.choice) ?? 0 > 0 {
      for second in places
      where second.record == first.record && second.choice > first.choice
        && context.best[second]?.bound != context.best[first]?.bound
      {
        for exponent in 0..<24 as Range<UInt64> {
          guard let choice = context.best[second]?.choosing(1 << Int128(exponent)) else { break }
          let candidate = context.best.setting(first.record, first.choice, to: 0)
          if context.attempt(candidate.setting(second.record, second.choice, to: choice.value)) {
            return
          }
        }
      }
    }
  }
}
