import PropertyTesting

extension FuzzHarness {
  /// An input drawn at random, as the property tests draw theirs; the same for the same seed.
  public func input(seed: UInt64) -> [UInt8] {
    if let text { return text(seed) }
    guard let layout else { return [] }
    var choices = Choices(
      seed: seed, maximumLength: min(layout.mostCommands, 30), recording: true)
    layout.read(&choices)
    return choices.recorded.encoded().bytes
  }

  /// The words of a dictionary for libFuzzer: those of the harness, or else a few commands of every
  /// kind that its grammar draws.
  public var words: [[UInt8]] {
    guard dictionary.isEmpty, let layout else { return dictionary }
    var words: [[UInt8]] = []
    for seed: UInt64 in 0..<64 {
      var rest = input(seed: seed).dropFirst(layout.configurationWidth)
      while rest.count >= layout.commandWidth {
        let word = Array(rest.prefix(layout.commandWidth))
        rest = rest.dropFirst(layout.commandWidth)
        // The first byte says which kind of command it is.
        let known = words.count { $0.first == word.first }
        if known < 4, !words.contains(word) { words.append(word) }
      }
    }
    return words.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
