import Testing

@Suite struct MarkdownLinksTests {
  @Test("links and paths of all documents lead somewhere, and README.md leads to all documents")
  func real() {
    expectNone(MarkdownLinks.complaints(.real))
    expectNone(MarkdownLinks.complaints(Small.checkout))
  }

  private func complaints(_ text: String) -> [String] {
    MarkdownLinks.complaints(Small.checkout.with("README.md", Small.readme + text)).map(\.text)
  }

  @Test("a link to nothing is seen, over two lines and as a reference too")
  func nothing() {
    #expect(complaints("[a](docs/MISSING.md)\n") == ["nothing is at docs/MISSING.md"])
    #expect(complaints("[a\nb](../README.md)\n") == ["nothing is at ../README.md"])
    #expect(complaints("\n[a]: docs/MISSING.md\n") == ["nothing is at docs/MISSING.md"])
    #expect(complaints("[a](./docs/) [b](https://example.org/x) `[c](d)`\n") == [])
  }

  @Test("an anchor without a heading is seen")
  func anchors() {
    #expect(
      complaints("[a](docs/SPEC.md#34-merging)\n") == ["docs/SPEC.md has no heading #34-merging"])
    #expect(complaints("[a](#nowhere)\n") == ["README.md has no heading #nowhere"])
    #expect(complaints("[a](#small) [b](docs/SPEC.md#3-the-allocator)\n") == [])
  }

  @Test("anchors are made as GitHub makes them")
  func made() {
    let text = MarkdownText(
      SourceFile(
        path: "A.md",
        text: "# How to add…\n\n## `a_b` & C-d\n\n## Twice\n\n## Twice\n\n<a id=\"own\"></a>\n"))
    #expect(text.anchors == ["how-to-add", "a_b--c-d", "twice", "twice-1", "own"])
  }

  @Test("a path in a code span that is not there is seen")
  func paths() {
    #expect(complaints("`Sources/Core/Gone.swift`\n") == ["there is no `Sources/Core/Gone.swift`"])
    #expect(complaints("`Sources/Core` `Sources/*.swift` `a/b` `docs/SPEC.md --all`\n") == [])
  }

  @Test("a document that no link leads to is seen")
  func unreachable() {
    let planted = Small.checkout.with("docs/LOST.md", "# Lost\n\n[back](../README.md)\n")
    #expect(
      MarkdownLinks.complaints(planted) == [
        Complaint("docs/LOST.md", "no link leads here from README.md")
      ])
  }

  @Test("a folder leads to its README, a catalogue to its root page, and that to its articles")
  func folders() {
    let planted = Small.checkout
      .with("README.md", Small.readme + "[e](Sources/Core/Core.docc) [c](corpora)\n")
      .with("Sources/Core/Core.docc/Core.md", "# Core\n\n- <doc:Article>\n")
      .with("Sources/Core/Core.docc/Article.md", "# Article\n")
      .with("corpora/README.md", "# Corpora\n")
    #expect(MarkdownLinks.complaints(planted) == [])
    #expect(
      MarkdownLinks.complaints(planted.without("Sources/Core/Core.docc/Article.md")).map(\.text)
        == ["nothing is at doc:Article"])
  }
}
