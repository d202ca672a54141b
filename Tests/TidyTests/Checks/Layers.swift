import Foundation

/// The layers of `ARCHITECTURE.md` are those of `Package.swift`: every arrow goes from a higher
/// layer to a lower one.
///
/// The picture is the first code block, fenced or indented, after the heading "Layers". A line of
/// it is a layer's number, names of modules with commas between, and after an arrow or two blanks
/// whatever there is to say. A line without a number belongs to the layer above it. Names that end
/// with `/` are folders and are passed over. After `──►` may stand the layers that the module may
/// import, `0 1` or `0-2`.
struct Layers {
  struct Row {
    let layer: Int
    let module: String
    /// The layers after the arrow, if there is one.
    let below: Set<Int>?
    let line: Int
  }

  static let path = "ARCHITECTURE.md"

  static func complaints(_ checkout: Checkout) throws -> [Complaint] {
    let manifest = try Manifest(checkout)
    guard let file = checkout.files[path] else { return [Complaint(path, "is missing")] }
    let rows = rows(file)
    guard !rows.isEmpty else { return [Complaint(path, "has no picture of the layers")] }

    var complaints: [Complaint] = []
    var layers: [String: Row] = [:]
    for row in rows {
      if let before = layers[row.module] {
        complaints.append(
          Complaint(path, row.line, "\(row.module) is in line \(before.line) already"))
      } else if manifest.targets.contains(where: { $0.name == row.module }) {
        layers[row.module] = row
      } else {
        complaints.append(Complaint(path, row.line, "\(row.module) is no target of the package"))
      }
    }
    for target in manifest.targets where target.kind == .library && layers[target.name] == nil {
      complaints.append(Complaint(path, rows[0].line, "\(target.name) has no layer"))
    }
    for target in manifest.targets {
      // Executables and tests without a row are above all.
      let layer = layers[target.name]
      for name in target.dependencies {
        guard let below = layers[name] else { continue }
        if let layer, below.layer >= layer.layer {
          complaints.append(
            Complaint(
              "Package.swift", target.line,
              "\(target.name), layer \(layer.layer), depends on \(name), layer \(below.layer)"))
        }
        if let allowed = layer?.below, !allowed.contains(below.layer) {
          complaints.append(
            Complaint(
              path, layer!.line, "\(target.name) depends on \(name), layer \(below.layer), as well"
            ))
        }
      }
    }
    return complaints
  }

  static func rows(_ file: SourceFile) -> [Row] {
    let lines = file.lines
    guard
      let heading = lines.firstIndex(where: { line in
        line.hasPrefix("#") && line.drop(while: { $0 == "#" }) == " Layers"
      })
    else { return [] }
    var rows: [Row] = []
    var isOpen = false
    var layer = 0
    for index in (heading + 1)..<lines.count {
      let line = lines[index]
      if line.hasPrefix("#") { break }
      if line.hasPrefix("```") {
        if isOpen { break }
        isOpen = true
        continue
      }
      let isIndented = line.hasPrefix("    ")
      guard isOpen || isIndented else {
        if rows.isEmpty || line.isEmpty { continue }
        break
      }
      var text = line.drop { $0 == " " }
      let number = text.prefix { $0.isNumber }
      if let new = Int(number) {
        layer = new
        text = text.dropFirst(number.count).drop { $0 == " " }
      }
      for name in names(text) {
        rows.append(Row(layer: layer, module: name, below: below(text), line: index + 1))
      }
    }
    return rows
  }

  private static func names(_ text: Substring) -> [String] {
    var names = text
    for end in ["  ", "─", "►", "->"] {
      if let range = names.firstRange(of: end) { names = names[..<range.lowerBound] }
    }
    return names.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "·" })
      .map(String.init).filter { !$0.hasSuffix("/") }
  }

  private static func below(_ text: Substring) -> Set<Int>? {
    guard let arrow = text.firstIndex(of: "►") else { return nil }
    var layers: Set<Int> = []
    for word in text[text.index(after: arrow)...].split(separator: " ") {
      let bounds = word.split(separator: "-").map { Int($0) }
      if bounds.count == 1, let layer = bounds[0] {
        layers.insert(layer)
      } else if bounds.count == 2, let first = bounds[0], let last = bounds[1], first <= last {
        layers.formUnion(first...last)
      } else {
        break
      }
    }
    return layers
  }
}
