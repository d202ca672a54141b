extension ShrinkPass {
  /// Divides numbers by their prime factors, the greatest first: multiples of what matters fail too.
  public static let divide = ShrinkPass("divide", .thorough) { context in
    for place in context.best.plainPlaces {
      var divided = true
      while divided, let choice = context.best[place], choice.value > 4 {
        divided = factors(of: choice.value).reversed().contains { factor in
          context.attempt(place.record, place.choice, choice.value / factor)
        }
      }
    }
  }

  /// The different prime factors below 64, ascending.
  private static func factors(of number: UInt64) -> [UInt64] {
    var rest = number
    var result: [UInt64] = []
    var factor: UInt64 = 2
    while factor < 64 && factor <= rest {
      if rest % factor == 0 {
        result.append(factor)
        while rest % factor == 0 { rest /= factor }
      }
      factor += 1
    }
    return result
  }
}
