import Testing

@Suite struct DeadCodeTests {
  @Test("nothing in Sources is there for nobody, or for tests only")
  func real() {
    expectNone(DeadCode.complaints(.real))
    expectNone(DeadCode.complaints(Small.checkout, needed: [:]))
  }

  private func complaints(_ text: String, test: String = "") -> [String] {
    DeadCode.complaints(
      Small.checkout.with("Sources/Model/Rules/More.swift", text)
        .with("Tests/ModelTests/More.swift", test), needed: [:]
    ).map(\.text)
  }

  @Test("a file that nothing uses is seen")
  func file() {
    let text = "extension Rule { func more() { _ = more } }\n"
    #expect(complaints(text) == ["nothing in it is used by another file"])
  }

  @Test("a type that nothing uses is seen, though its own body and extensions name it")
  func type() {
    let text = """
      struct Lonely { static let one = Lonely() }
      extension Lonely {}
      extension Rule { var block: Int { Lonely2() } }
      """
    #expect(complaints(text).contains("Lonely is used nowhere"))
    #expect(
      complaints(text, test: "let lonely = Lonely()").contains("Lonely is used by tests only"))
  }

  @Test("a member that nothing or only a test uses is seen")
  func member() {
    let text = "extension Rule { var first: Int { 0 }\n  var doubtful: Int { 1 } }\n"
    #expect(complaints(text) == ["Rule.doubtful is used nowhere"])
    #expect(
      complaints(text, test: "_ = rule.doubtful\n") == ["Rule.doubtful is used by tests only"])
    #expect(
      complaints("enum Kind { case some, other }\nlet first = Kind.some\n") == [
        "Kind.other is used nowhere"
      ])
  }

  @Test("what a protocol, a superclass or a framework wants is not seen")
  func wanted() {
    #expect(complaints("extension Rule: Hashable { func hash(into h: inout Hasher) {} }\n") == [])
    #expect(complaints("extension Rule { var first: Int { 0 }\n  func validate() {} }\n") == [])
    #expect(complaints("enum Kind: String { case some, other }\nlet first = Kind.some\n") == [])
  }

  @Test("an exception is used, or wants to be removed")
  func exceptions() {
    let planted = Small.checkout.with(
      "Sources/Model/Rules/More.swift",
      "extension Rule { var first: Int { 0 }\n  var doubtful: Int { 1 } }\n")
    #expect(DeadCode.complaints(planted, needed: ["Rule.doubtful": "for users"]) == [])
    #expect(
      DeadCode.complaints(Small.checkout, needed: ["Rule.doubtful": "for users"]).map(\.text) == [
        "Rule.doubtful needs no exception any more (for users)"
      ])
  }
}
