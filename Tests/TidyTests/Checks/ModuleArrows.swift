/// What a target imports is what `Package.swift` declares for it: no less and no more.
struct ModuleArrows {
  /// What a target depends on although none of its files imports it, and why.
  static let linked: [String: (dependency: String, reason: String)] = [
    "sharecheck": (
      "FuzzSupport", "in a build for the fuzzer every executable needs its entry points"
    )
  ]

  static func complaints(
    _ checkout: Checkout,
    linked: [String: (dependency: String, reason: String)] = linked
  ) throws -> [Complaint] {
    let manifest = try Manifest(checkout)
    let modules = Set(manifest.targets.map(\.module)).union(manifest.products)
    var complaints: [Complaint] = []
    for target in manifest.targets {
      let declared = Set(target.dependencies.map { $0.replacing("-", with: "_") })
      var imported: Set<String> = []
      for file in checkout.all(where: { manifest.owns(target, $0) }) {
        for line in Imports.of(file) where modules.contains(line.module) {
          let isFirst = imported.insert(line.module).inserted
          if isFirst, !declared.contains(line.module) {
            complaints.append(
              Complaint(
                file.path, line.line, "\(target.name) imports \(line.module), undeclared"))
          }
        }
      }
      var unimported = declared.subtracting(imported)
      if let link = linked[target.name], unimported.remove(link.dependency) == nil {
        complaints.append(
          Complaint(
            "Package.swift", target.line,
            "\(target.name) imports \(link.dependency); remove the exception (\(link.reason))"))
      }
      for name in unimported.sorted() {
        complaints.append(
          Complaint("Package.swift", target.line, "\(target.name) does not import \(name)"))
      }
    }
    return complaints
  }
}

/// The import lines of a file.
struct Imports {
  let module: String
  let line: Int

  static func of(_ file: SourceFile) -> [Imports] {
    guard let tokens = file.swift?.tokens else { return [] }
    let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    var imports: [Imports] = []
    for index in tokens.indices.dropLast()
    where tokens[index].text == "import" && tokens[index].kind == .word {
      let name = kinds.contains(tokens[index + 1].text) ? index + 2 : index + 1
      guard name < tokens.count, tokens[name].kind == .word else { continue }
      imports.append(Imports(module: tokens[name].text, line: tokens[index].line))
    }
    return imports
  }
}
