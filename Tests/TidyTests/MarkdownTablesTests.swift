import Testing

@Suite struct MarkdownTablesTests {
  @Test("tables, fences and code spans of all documents are whole")
  func real() {
    expectNone(MarkdownTables.complaints(.real))
    expectNone(MarkdownTables.complaints(Small.checkout))
  }

  private func complaints(_ text: String) -> [String] {
    MarkdownTables.complaints(Checkout(["README.md": text])).map(\.text)
  }

  @Test("a table that is whole is let pass, with pipes that are escaped")
  func whole() {
    #expect(complaints("| a | b |\n|---|:-:|\n| `x \\| y` | 2 |\n") == [])
  }

  @Test("a row with too few or too many cells, or without an end, is seen")
  func cells() {
    #expect(
      complaints("| a | b |\n|---|---|\n| 1 |\n") == ["a row of 1 cells in a table of 2"])
    #expect(
      complaints("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n") == ["a row of 3 cells in a table of 2"])
    #expect(complaints("| a | b |\n|---|---|\n| 1 | 2\n").count == 2)
  }

  @Test("a table without a separator, and a separator without a table, are seen")
  func separator() {
    #expect(
      complaints("| a | b |\n| 1 | 2 |\n") == ["a table without a separator below its head"])
    #expect(complaints("text\n--|--\n") == ["a separator outside of a table"])
  }

  @Test("a table within a paragraph or a word is seen")
  func within() {
    #expect(
      complaints("text\n| a |\n|---|\n| 1 |\n") == ["a table begins within a paragraph"])
    #expect(
      complaints("| a |\n|---|\n| 1 |\ntext\n") == ["text follows a table without a blank line"])
    #expect(!complaints("| a |\n|---|\n| `NAME_head  rows\none  1IBIT` |\n").isEmpty)
  }

  @Test("a fence or a code span that nothing closes is seen")
  func open() {
    #expect(complaints("```\ncode\n") == ["nothing closes this fence"])
    #expect(complaints("````\n```\n````\n") == [])
    #expect(complaints("an `open span\n") == ["a code span is not closed"])
    #expect(complaints("a `span over\ntwo lines`\n") == [])
  }
}
