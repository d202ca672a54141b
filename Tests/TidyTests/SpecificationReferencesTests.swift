import Testing

@Suite struct SpecificationReferencesTests {
  @Test("every section that code names is in the specification")
  func real() {
    expectNone(SpecificationReferences.complaints(.real))
    expectNone(SpecificationReferences.complaints(Small.checkout))
  }

  private func sections(_ text: String) -> [String] {
    SpecificationReferences.references(SourceFile(path: "A.swift", text: text)).map(\.section)
  }

  @Test("sections are read one by one, as lists, as ranges and over line ends")
  func reading() {
    #expect(sections("/// Checks a layout (spec §3.1, §3.7).") == ["3.1", "3.7"])
    #expect(
      sections("/// The faults (spec §3.5 to §3.8, §4, §6).") == [
        "3.5", "3.6", "3.7", "3.8", "4", "6",
      ])
    #expect(sections("/// initialises (spec §4, choice of §9)") == ["4"])
    #expect(sections("// Spec §3.11: the heap") == ["3.11"])
    #expect(sections("/// as spec\n/// §5 says, and §6.") == ["5"])
    #expect(sections("/// as SMCCC §2.7 says") == [])
  }

  @Test("a section that is no heading is seen, in any file of the code, and inside a range")
  func missing() {
    for path in ["Sources/Core/A.swift", "proofs/A.v", "Tests/A/a.py", "Fuzz/run"] {
      let planted = Small.checkout.with(path, "# spec §3.4\n")
      #expect(
        SpecificationReferences.complaints(planted) == [
          Complaint(path, 1, "docs/SPEC.md has no heading §3.4")
        ])
    }
    let without = Small.specification.replacing("### §3.2", with: "### 3.2")
    let range = Small.checkout.with("docs/SPEC.md", without)
      .with("Sources/Core/A.swift", "// spec §3.1 to §3.3\n")
    #expect(SpecificationReferences.complaints(range).count == 1)
  }

  @Test("a checkout without the specification is seen")
  func gone() {
    #expect(
      SpecificationReferences.complaints(Small.checkout.without("docs/SPEC.md")) == [
        Complaint("docs/SPEC.md", "is missing")
      ])
  }
}
