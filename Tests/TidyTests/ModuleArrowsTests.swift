import Testing

@Suite struct ModuleArrowsTests {
  @Test("every import is declared and every dependency imported")
  func real() throws {
    try expectNone(ModuleArrows.complaints(.real))
    try expectNone(ModuleArrows.complaints(Small.checkout, linked: [:]))
  }

  @Test("an import that the manifest does not declare is seen, attributes or not")
  func undeclared() throws {
    for line in ["import Core", "@testable import Core", "import struct Core.Block"] {
      let planted = Small.checkout.with("Tests/ModelTests/More.swift", line + "\n")
      #expect(
        try ModuleArrows.complaints(planted, linked: [:]) == [
          Complaint("Tests/ModelTests/More.swift", 1, "ModelTests imports Core, undeclared")
        ])
    }
  }

  @Test("an import in a comment or a string is none")
  func comments() throws {
    let planted = Small.checkout.with(
      "Tests/ModelTests/More.swift", "// import Core\nlet text = \"import Core\"\n")
    #expect(try ModuleArrows.complaints(planted, linked: [:]) == [])
  }

  @Test("a dependency that nothing imports is seen, unless it is there to be linked")
  func unused() throws {
    let planted = Small.checkout.with("Sources/tool/Main.swift", "@main struct Tool {}\n")
    #expect(
      try ModuleArrows.complaints(planted, linked: [:]).map(\.text) == [
        "tool does not import Model"
      ])
    #expect(try ModuleArrows.complaints(planted, linked: ["tool": ("Model", "linked")]) == [])
    #expect(
      try ModuleArrows.complaints(Small.checkout, linked: ["tool": ("Model", "linked")]).map(
        \.text) == ["tool imports Model; remove the exception (linked)"])
  }

  @Test("the manifest is read with its functions, constants and paths")
  func manifest() throws {
    let text = Small.manifest.replacing(
      "  ]\n)", with: "    fuzzer(\"fuzz-a\", with: checks + [\"Extra\"]),\n  ]\n)")
    let manifest = try Manifest(Checkout(["Package.swift": text]))
    #expect(
      manifest.targets.map(\.name) == ["Core", "Model", "tool", "Stamp", "ModelTests", "fuzz-a"])
    #expect(try #require(manifest.target(module: "Stamp")).path == "Plugins/Stamp")
    let fuzzer = try #require(manifest.target(module: "fuzz_a"))
    #expect(fuzzer.path == "Fuzz/fuzz-a")
    #expect(fuzzer.dependencies == ["Core", "Model", "Extra"])
  }

  @Test("a manifest that cannot be read is an error, never no dependency")
  func unreadable() {
    for (text, planted) in [
      (#".target(name: "Model", dependencies: ["Core"])"#, "library(of: 1)"),
      (#"["Core"]"#, "cores()"), (#""ModelTests""#, "names[0]"),
    ] {
      let manifest = Small.manifest.replacing(text, with: planted)
      #expect(throws: Manifest.Unreadable.self) {
        try Manifest(Checkout(["Package.swift": manifest]))
      }
    }
    #expect(throws: Manifest.Unreadable.self) { try Manifest(Checkout([:])) }
  }
}
