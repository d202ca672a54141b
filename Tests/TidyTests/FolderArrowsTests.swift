import Testing

@Suite struct FolderArrowsTests {
  @Test("the folders of every module use each other in one direction")
  func real() {
    expectNone(FolderArrows.complaints(.real))
    expectNone(FolderArrows.complaints(Small.checkout, known: [:]))
  }

  private func circles(_ text: String) -> [Complaint] {
    FolderArrows.complaints(
      Small.checkout.with("Sources/Model/Rules/Rule.swift", text), known: [:])
  }

  @Test("a folder that uses back what uses it is seen")
  func back() {
    #expect(
      circles("struct Rule { let judge: Judge }\n") == [
        Complaint(
          "Sources/Model", "a circle: Judging uses Rule of Rules; Rules uses Judge of Judging")
      ])
    #expect(circles("struct Rule {}\nextension Judge {}\n").count == 1)
    #expect(circles("struct Rule { let text = \"\\(Judge.self)\" }\n").count == 1)
  }

  @Test("a circle of three folders is seen")
  func three() {
    let planted = Small.checkout
      .with("Sources/Model/Rules/Rule.swift", "struct Rule { let word: Word }\n")
      .with("Sources/Model/Words/Word.swift", "struct Word { let judge: Judge }\n")
    #expect(FolderArrows.complaints(planted, known: [:]).count == 1)
  }

  @Test("comments, strings, names of its own and files beside the folders make no arrow")
  func none() {
    #expect(circles("/// See Judge.\nstruct Rule { let text = \"Judge\" }\n") == [])
    #expect(circles("struct Rule<Judge> { let judge: Judge }\n") == [])
    #expect(
      FolderArrows.complaints(
        Small.checkout.with("Sources/Model/All.swift", "struct All { let judge: Judge }\n")
          .with("Sources/Model/Rules/Rule.swift", "struct Rule { let all: All }\n"), known: [:])
        == [])
  }

  @Test("a nested type makes an arrow where its name is unique")
  func nested() {
    let judge = "struct Judge { enum Sentence {} }\nlet rule: Rule\n"
    let rule = "struct Rule { let sentence: Judge.Sentence }\n"
    let planted = Small.checkout.with("Sources/Model/Judging/Judge.swift", judge)
      .with("Sources/Model/Rules/Rule.swift", rule)
    #expect(FolderArrows.complaints(planted, known: [:]).count == 1)
  }

  @Test("a circle that is known is let pass, and one that is gone wants its line removed")
  func known() {
    let planted = Small.checkout.with(
      "Sources/Model/Rules/Rule.swift", "struct Rule { let judge: Judge }\n")
    #expect(FolderArrows.complaints(planted, known: ["Model": "today"]) == [])
    #expect(
      FolderArrows.complaints(Small.checkout, known: ["Model": "today"]) == [
        Complaint("Sources/Model", "has no circle; remove it from knownCycles (today)")
      ])
  }
}
