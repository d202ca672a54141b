import Testing

@Suite struct SwiftTextTests {
  private func words(_ text: String) -> [String] {
    SwiftText(text).tokens.filter { $0.kind == .word }.map(\.text)
  }

  @Test("comments and strings hold no words, interpolations do")
  func words() {
    #expect(words("a // b\nc /* d /* e */ f */ g") == ["a", "c", "g"])
    #expect(words(#"a "b \" c" d"#) == ["a", "d"])
    #expect(words(#"a "b \(c + "d \(e)") f" g"#) == ["a", "c", "e", "g"])
    #expect(words("a #\"b \\(c) \\#(d) \"e\" \"# f") == ["a", "d", "f"])
    #expect(words("a \"\"\"\n  b \"c\" \\(d)\n  \"\"\" e") == ["a", "d", "e"])
    #expect(words("`default` 0x1f 1.5 0..<count $0.value") == ["default", "count", "$0", "value"])
  }

  @Test("tokens, comments and strings know their lines")
  func lines() {
    let text = SwiftText("// one\n\nlet x = \"\"\"\n  four\n  \"\"\" /* five\nsix */ let y")
    #expect(text.comments.map(\.line) == [1, 5, 6])
    #expect(text.tokens.map(\.line) == [3, 3, 3, 3, 6, 6])
    #expect(text.strings.contains { $0.line == 4 && $0.text == "  four" })
  }

  @Test("declarations are those of types, not of bodies")
  func declarations() {
    let all = Declarations(
      SwiftText(
        """
        public struct A<T>: B where T: C {
          enum D { case e, f(Int), g = 1 }
          var h: Int { let i = 1; return i }
          init(j: Int = { let k = 1; return k }()) { func l() {} }
          class func m() where T == N {}
        }
        extension A where T: C { static let o = 1 }
        extension A.D: Q { static let r = { (s: Int) in s } }
        protocol U { func v() }
        func w() { struct X {} }
        """)
    ).all
    #expect(
      all.map(\.qualifiedName) == [
        "A", "A.D", "A.D.e", "A.D.f", "A.D.g", "A.h", "A.m", "A", "A.o", "D", "D.r", "U", "U.v",
        "w", "X",
      ])
    #expect(all.filter(\.isRequirement).map(\.name) == ["v"])
    #expect(all.filter(\.conforms).map(\.name) == ["D", "r"])
  }
}
