import Testing

@Suite struct BannedWordsTests {
  @Test("nobody uses a banned word")
  func real() {
    expectNone(BannedWords.complaints(.real))
    expectNone(BannedWords.complaints(Small.checkout))
  }

  private static let list = [
    BannedWords.Ban(words: "came to nothing", instead: "was a no-op"),
    BannedWords.Ban(words: "behind:", instead: "after:"),
  ]

  private func lines(_ text: String, path: String = "Sources/Core/A.swift") -> [Int] {
    BannedWords.complaints(Checkout([path: text]), list: Self.list).map(\.line)
  }

  @Test("a word is seen in comments, strings and Markdown, over line ends, in any case")
  func prose() {
    #expect(lines("/// A step that came to nothing.\n") == [1])
    #expect(lines("let x = 1\n/// A step that Came to\n///   nothing.\n") == [2])
    #expect(lines("let text = \"it came to nothing\"\n") == [1])
    #expect(lines("# A\n\nIt came to\nnothing.\n", path: "README.md") == [3])
  }

  @Test("code, parts of words and lines that do not follow each other are let pass")
  func others() {
    #expect(lines("let came_to_nothing = 1\n") == [])
    #expect(lines("/// It came to nothingness.\n") == [])
    #expect(lines("/// It came to\n\nlet x = 1\n\n/// nothing.\n") == [])
    #expect(lines("```\nit came to nothing\n```\n", path: "README.md") == [])
  }

  @Test("a label is seen where it is declared and where it is used, a variable is not")
  func labels() {
    #expect(lines("func key(behind place: Int) {}\n") == [1])
    #expect(lines("run(1,\n  behind: 2)\n") == [2])
    #expect(lines("let behind: Int = 1\n/// It is behind: far.\n") == [])
  }

  @Test("as many places as are still allowed are let pass, one more shows them all")
  func ratchet() {
    let list = [BannedWords.Ban(words: "came to nothing", instead: "", atMost: 1)]
    let one = Checkout(["A.md": "It came to nothing.\n"])
    #expect(BannedWords.complaints(one, list: list) == [])
    #expect(
      BannedWords.complaints(one.with("B.md", "It came to nothing.\n"), list: list).count == 2)
  }
}
