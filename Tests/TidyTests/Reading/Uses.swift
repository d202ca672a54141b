/// Which names stand where in all Swift of a checkout, read once for all checks that ask.
struct Uses: Sendable {
  /// What is shipped or run: everything but the tests.
  static let product = ["Sources", "Fuzz", "proofs", "Benchmarks", "Tests/OnTarget"]

  struct File: Sendable {
    let path: String
    let isTest: Bool
    let declarations: Declarations
    /// How often each word stands in it.
    let words: [String: Int]
  }

  let files: [File]
  /// The files of the product that hold a word.
  private(set) var holders: [String: [Int]] = [:]
  /// The words of all tests.
  private(set) var tested: Set<String> = []

  init(_ checkout: Checkout) {
    files = checkout.swift(below: "Sources", "Fuzz", "proofs", "Benchmarks", "Tests").map { file in
      let text = file.swift!
      var words: [String: Int] = [:]
      for token in text.tokens where token.kind == .word { words[token.text, default: 0] += 1 }
      return File(
        path: file.path, isTest: !Self.product.contains { file.path.hasPrefix($0 + "/") },
        declarations: Declarations(text), words: words)
    }
    for (index, file) in files.enumerated() {
      if file.isTest {
        tested.formUnion(file.words.keys)
      } else {
        for word in file.words.keys { holders[word, default: []].append(index) }
      }
    }
  }

  /// Whether a file of the product other than this one holds the word.
  func isHeld(_ word: String, outside file: Int) -> Bool {
    (holders[word] ?? []).contains { $0 != file }
  }
}
