extension ShrinkPass {
  /// Sets a choice of the configuration to 0 and a number of a command to a lower power of two, or
  /// one more: on a smaller machine a smaller number shows the same.
  public static let lowerWithConfiguration = ShrinkPass("lower with the configuration", .thorough) {
    context in
    guard context.best.length > 0 else { return }
    for choice in 0..<context.best.choiceCount(0) where context.best.value(0, choice) ?? 0 > 0 {
      let start = context.best.setting(0, choice, to: 0)
      for place in start.plainPlaces {
        let value = start.value(place.record, place.choice) ?? 0
        for exponent in 0..<UInt64(64 - value.leadingZeroBitCount) {
          for lower in [1 << exponent, (1 << exponent) + 1] as [UInt64] where lower < value {
            if context.attempt(start.setting(place.record, place.choice, to: lower)) { return }
          }
        }
      }
    }
  }
}
