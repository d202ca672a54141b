import Testing

@Suite struct DuplicateNamesTests {
  @Test("no type of Sources has the name of another")
  func real() {
    expectNone(DuplicateNames.complaints(.real))
    expectNone(DuplicateNames.complaints(Small.checkout, allowed: [:]))
  }

  @Test("a name is seen twice, whatever it is nested in and whichever module it is of")
  func twice() {
    for text in ["enum Rule {}", "struct Other { class Rule {} }", "func f() { struct Rule {} }"] {
      let planted = Small.checkout.with("Sources/Core/More.swift", text + "\n")
      #expect(DuplicateNames.complaints(planted, allowed: [:]).count == 1)
      #expect(DuplicateNames.complaints(planted, allowed: ["Rule": "scoped"]) == [])
    }
  }

  @Test("an exception whose name is unique wants to be removed")
  func unneeded() {
    #expect(
      DuplicateNames.complaints(Small.checkout, allowed: ["Rule": "scoped"]).map(\.text) == [
        "Rule is unique, needs no exception (scoped)"
      ])
  }
}
