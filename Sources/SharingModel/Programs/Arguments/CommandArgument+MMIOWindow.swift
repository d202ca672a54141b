import PropertyTesting

extension CommandArgument {
  /// Which part of the pages is mapped: mostly all of it, which the text leaves out.
  static let mmioWindow = words(
    "a window", "WINDOW", MMIOWindow.allCases.map { (word: $0.word, value: $0) },
    isOptional: true,
    draw: { _, numbers in weights.draw(&numbers) },
    set: { $1.mmioWindow = $0 }, value: \.mmioWindow, tries: \.mmioWindows,
    widen: { values, alphabet in
      if !alphabet.mmioWindows.contains(values.mmioWindow) {
        alphabet.mmioWindows.append(values.mmioWindow)
      }
    })

  private static let weights: Weights = [8, 2, 2, 1, 1, 1]
}

extension MMIOWindow {
  fileprivate var word: String {
    switch self {
    case .whole: "whole"
    case .head: "head"
    case .tail: "tail"
    case .overTheArena: "over-the-arena"
    case .overTheStaticRange: "over-the-static-range"
    case .atTheTop: "at-the-top"
    }
  }
}
