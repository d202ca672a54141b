/// The modules of a checkout and their folders with their arrows, as text, from the top layer down.
struct Drawing {
  static func text(_ checkout: Checkout) throws -> String {
    let manifest = try Manifest(checkout)
    let rows = checkout.files[Layers.path].map(Layers.rows) ?? []
    var layers: [String: Int] = [:]
    for row in rows { layers[row.module] = row.layer }

    /// The picture's layer, or one above the highest that the target depends on.
    func layer(_ target: Manifest.Target) -> Int {
      if let layer = layers[target.name] { return layer }
      let below = manifest.targets.filter { target.dependencies.contains($0.name) }
      return (below.map(layer).max() ?? -1) + 1
    }

    var folders: [String: FolderArrows.Arrows] = [:]
    for arrows in FolderArrows.arrows(checkout) { folders[arrows.module] = arrows }
    let drawn = manifest.targets.filter { $0.kind != .test && $0.path.hasPrefix("Sources/") }
    let width = (drawn.map(\.name.count).max() ?? 0) + 2

    var lines: [String] = []
    var last: Int?
    for (height, target) in drawn.map({ (layer($0), $0) })
      .sorted(by: { $0.0 == $1.0 ? $0.1.name < $1.1.name : $0.0 > $1.0 })
    {
      let number = last == height ? " " : "\(height)"
      last = height
      lines.append(
        line(number + "  " + target.name, target.dependencies.sorted(), width: width + 3))
      guard let arrows = folders[target.module] else { continue }
      for folder in arrows.folders.sorted() {
        let uses = (arrows.uses[folder] ?? [:]).keys.sorted()
        lines.append(line("     " + folder, uses, width: width + 3))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ name: String, _ uses: [String], width: Int) -> String {
    guard !uses.isEmpty else { return name }
    let blanks = String(repeating: " ", count: max(1, width - name.count))
    return name + blanks + "──► " + uses.joined(separator: ", ")
  }
}
