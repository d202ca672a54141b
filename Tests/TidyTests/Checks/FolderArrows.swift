/// The folders of a module use each other in one direction only.
///
/// A folder is the first level below a module; what lies beside the folders is in none. A folder
/// uses another when a file of it names a type that the other declares. Nested types count where
/// their name is declared once in the module.
struct FolderArrows {
  /// The folders of a module that still use each other in a circle, and who unties them when. An
  /// entry whose module has no circle any more is a complaint, so that it goes.
  static let knownCycles: [String: String] = [:]

  /// Which folder uses which types of which other folder.
  struct Arrows {
    let module: String
    /// From, to, and the types that make the arrow.
    var uses: [String: [String: Set<String>]] = [:]
    var folders: Set<String> = []
  }

  static func complaints(_ checkout: Checkout, known: [String: String] = knownCycles)
    -> [Complaint]
  {
    var complaints: [Complaint] = []
    var unused = known
    for arrows in arrows(checkout) {
      guard let circle = circle(arrows) else { continue }
      if unused.removeValue(forKey: arrows.module) != nil { continue }
      let steps = zip(circle, circle.dropFirst() + circle.prefix(1)).map { from, to in
        let types = arrows.uses[from]![to]!.sorted().prefix(5)
        return "\(from) uses \(types.joined(separator: ", ")) of \(to)"
      }
      complaints.append(
        Complaint("Sources/\(arrows.module)", "a circle: " + steps.joined(separator: "; ")))
    }
    for (module, reason) in unused.sorted(by: { $0.key < $1.key }) {
      complaints.append(
        Complaint("Sources/\(module)", "has no circle; remove it from knownCycles (\(reason))"))
    }
    return complaints
  }

  static func arrows(_ checkout: Checkout) -> [Arrows] {
    var modules: [String: [SourceFile]] = [:]
    for file in checkout.swift(below: "Sources") {
      let parts = file.path.split(separator: "/")
      if parts.count > 2 { modules[String(parts[1]), default: []].append(file) }
    }
    return modules.sorted { $0.key < $1.key }.map { arrows(module: $0.key, $0.value) }
  }

  private static func folder(_ file: SourceFile) -> String? {
    let parts = file.path.split(separator: "/")
    return parts.count > 3 ? String(parts[2]) : nil
  }

  private static func arrows(module: String, _ files: [SourceFile]) -> Arrows {
    var arrows = Arrows(module: module)
    var homes: [String: Set<String>] = [:]
    var isNested: [String: Bool] = [:]
    var local: [String: Set<String>] = [:]
    for file in files {
      guard let text = file.swift else { continue }
      let declarations = Declarations(text)
      local[file.path] = declarations.localNames
      for type in declarations.all where type.kind == .type || type.kind == .alias {
        // A nested alias is a matter of its type.
        if type.kind == .alias, !type.around.isEmpty { continue }
        if type.kind == .alias { local[file.path]!.remove(type.name) }
        homes[type.name, default: []].insert(folder(file) ?? "")
        isNested[type.name] = (isNested[type.name] ?? true) && !type.around.isEmpty
      }
    }
    for file in files {
      guard let text = file.swift, let from = folder(file) else { continue }
      arrows.folders.insert(from)
      let tokens = text.tokens
      for index in tokens.indices where tokens[index].kind == .word {
        let name = tokens[index].text
        guard let home = homes[name], home.count == 1, let to = home.first, to != from, to != "",
          !local[file.path]!.contains(name)
        else { continue }
        // After a dot stands a nested type, or a case.
        if index > 0, tokens[index - 1].text == ".", !isNested[name]! { continue }
        arrows.uses[from, default: [:]][to, default: []].insert(name)
      }
    }
    return arrows
  }

  /// A shortest circle, from its first folder in order.
  static func circle(_ arrows: Arrows) -> [String]? {
    var shortest: [String]?
    for start in arrows.folders.sorted() {
      var paths = [[start]]
      var seen: Set = [start]
      search: while !paths.isEmpty {
        var longer: [[String]] = []
        for path in paths {
          for next in (arrows.uses[path.last!] ?? [:]).keys.sorted() {
            if next == start {
              if path.count < shortest?.count ?? .max { shortest = path }
              break search
            }
            if seen.insert(next).inserted { longer.append(path + [next]) }
          }
        }
        paths = longer
      }
    }
    return shortest
  }
}
