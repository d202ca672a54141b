extension ShrinkPass {
  /// Sets to 0 everything that names no slot and is no shape, in all commands at once.
  public static let zeroEverything = ShrinkPass("zero everything") { context in
    var candidate = context.best
    for place in candidate.plainPlaces {
      candidate.records[place.record].choices[place.choice].value = 0
    }
    _ = context.attempt(candidate)
  }
}
