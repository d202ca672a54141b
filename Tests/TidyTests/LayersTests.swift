import Foundation
import Testing

@Suite struct LayersTests {
  @Test("ARCHITECTURE's layers are those of Package.swift")
  func real() throws {
    try expectNone(Layers.complaints(.real))
    try expectNone(Layers.complaints(Small.checkout))
  }

  private func complaints(_ before: String, _ after: String) throws -> [String] {
    let text = Small.architecture.replacing(before, with: after)
    #expect(text != Small.architecture)
    return try Layers.complaints(Small.checkout.with(Layers.path, text)).map(\.text)
  }

  @Test("an arrow that does not go down is seen")
  func notDown() throws {
    #expect(
      try complaints("1  Model        ──► 0 ", "0  Model ").contains(
        "Model, layer 0, depends on Core, layer 0"))
    #expect(
      try complaints("0  Core", "5  Core").contains("Model, layer 1, depends on Core, layer 5"))
  }

  @Test("an arrow that the picture does not have is seen")
  func unnamedArrow() throws {
    #expect(
      try complaints("1  Model        ──► 0 ", "2  Model        ──► 1 ").contains(
        "Model depends on Core, layer 0, as well"))
  }

  @Test("a module that is missing, twice or unknown is seen")
  func names() throws {
    #expect(try complaints("0  Core", "") == ["Core has no layer"])
    #expect(try complaints("2  tool", "2  tool, Core") == ["Core is in line 6 already"])
    #expect(try complaints("2  tool", "2  tool, Modell") == ["Modell is no target of the package"])
  }

  @Test("no picture, or no document, is seen")
  func missing() throws {
    #expect(try complaints("## Layers", "## Shelves") == ["has no picture of the layers"])
    #expect(try Layers.complaints(Small.checkout.without(Layers.path)).count == 1)
  }

  @Test("an indented picture with lines that go on is read as a fenced one")
  func indented() throws {
    let rows = Layers.rows(
      SourceFile(
        path: Layers.path,
        text: """
          ## Layers

          An arrow is the only import allowed.

              0  Core              imports nothing
                 Engine            knows no memory
              3  Harness           ──► 0-2 and Engine   machine
              4  tool, Fuzz/

          After it.

              9  Other
          """))
    #expect(rows.map(\.module) == ["Core", "Engine", "Harness", "tool"])
    #expect(rows.map(\.layer) == [0, 0, 3, 4])
    #expect(rows[2].below == [0, 1, 2])
    #expect(rows[0].below == nil)
  }

  @Test("the drawing has layers from the top, modules and folders with their arrows")
  func drawing() throws {
    #expect(
      try Drawing.text(Small.checkout) == """
        2  tool   ──► Model
        1  Model  ──► Core
             Judging ──► Rules
             Rules
        0  Core
        """)
  }

  @Test(
    "SHARECHECK_DRAW=1 draws the modules",
    .enabled(if: ProcessInfo.processInfo.environment["SHARECHECK_DRAW"] != nil))
  func draw() throws {
    print(try Drawing.text(.real))
  }
}
