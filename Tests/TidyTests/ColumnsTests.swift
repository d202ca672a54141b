import Testing

@Suite struct ColumnsTests {
  @Test("Swift has 100 columns and Markdown 120, without tabs or blanks at the end")
  func real() {
    expectNone(Columns.complaints(.real))
    expectNone(Columns.complaints(Small.checkout))
  }

  private func swift(_ text: String) -> [String] {
    Columns.complaints(Checkout(["Sources/Core/A.swift": text])).map(\.text)
  }

  private func markdown(_ text: String) -> [String] {
    Columns.complaints(Checkout(["README.md": text])).map(\.text)
  }

  @Test("a line that is too long is seen, a comment too; a character counts once")
  func long() {
    #expect(swift("// " + String(repeating: "x", count: 98) + "\n") == ["has 101 columns, not 100"])
    #expect(swift("// " + String(repeating: "→", count: 97) + "\n") == [])
    #expect(markdown(String(repeating: "x ", count: 60) + "x\n") == ["has 121 columns, not 120"])
  }

  @Test("tables, code and links of Markdown may be longer")
  func exempt() {
    let long = String(repeating: "x ", count: 70) + "x"
    #expect(markdown("| \(long) |\n") == [])
    #expect(markdown("```\n\(long)\n```\n") == [])
    #expect(markdown("Run:\n\n    \(long)\n") == [])
    #expect(markdown("[text](\(String(repeating: "x", count: 130)))\n") == [])
    #expect(markdown("* item\n\n  \(long)\n") == ["has 143 columns, not 120"])
  }

  @Test("tabs, carriage returns, blanks at the end and a missing last new line are seen")
  func blanks() {
    #expect(swift("\tlet x = 1\n") == ["holds a tab"])
    #expect(swift("let x = 1\r\n") == ["holds a carriage return"])
    #expect(swift("let x = 1 \n") == ["ends with a blank"])
    #expect(swift("let x = 1") == ["ends without a new line"])
    #expect(markdown("text \n") == ["ends with a blank"])
  }
}
