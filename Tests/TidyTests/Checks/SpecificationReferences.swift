/// Every `spec §3.1` in code is a heading of the specification.
///
/// Headings are `## §4 The sharer` and `### §3.1 Block size`. After the word `spec` may stand
/// several numbers, with commas, `and` or `to` between them.
struct SpecificationReferences {
  static let path = "docs/SPEC.md"

  static func complaints(_ checkout: Checkout) -> [Complaint] {
    guard let specification = checkout.files[path] else { return [Complaint(path, "is missing")] }
    var headings: Set<String> = []
    for line in MarkdownText(specification).lines where line.kind == .heading {
      let title = line.text.drop { $0 == "#" || $0 == " " }
      guard title.hasPrefix("§") else { continue }
      headings.insert(String(title.dropFirst().prefix { $0 != " " }))
    }
    var complaints: [Complaint] = []
    let files = checkout.all { path in
      ["Sources/", "Tests/", "proofs/", "Fuzz/"].contains { path.hasPrefix($0) }
        && !path.hasPrefix("Tests/TidyTests/")
    }
    for file in files where holdsSection(file.bytes) {
      for reference in references(file) where !headings.contains(reference.section) {
        complaints.append(
          Complaint(file.path, reference.line, "\(path) has no heading §\(reference.section)"))
      }
    }
    return complaints
  }

  private static func holdsSection(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard bytes.count > 1 else { return false }
      for index in 0..<(bytes.count - 1) where bytes[index] == 0xC2 && bytes[index + 1] == 0xA7 {
        return true
      }
      return false
    }
  }

  /// The sections that a file names after `spec`, the ends of ranges and what lies between.
  static func references(_ file: SourceFile) -> [(section: String, line: Int)] {
    var references: [(section: String, line: Int)] = []
    var isNamed = false
    var isRange = false
    for (index, line) in file.lines.enumerated() {
      for word in line.split(separator: " ") {
        if word.hasPrefix("//") || word == "#" || word == "*" || word == "(*" { continue }
        let text = word.drop { "(\"*`/".contains($0) }
        if text.hasPrefix("§"), isNamed {
          let section = text.dropFirst().prefix { $0.isNumber || $0 == "." }
          let name = String(section.last == "." ? section.dropLast() : section)
          if isRange, let last = references.last { references += between(last, name, index + 1) }
          references.append((name, index + 1))
          isRange = false
          let rest = text.dropFirst(1 + name.count)
          if rest != "", rest != "," { isNamed = false }
        } else if isNamed, text == "to" {
          isRange = true
        } else if isNamed, text == "and" {
          continue
        } else {
          let plain = text.lowercased()
          isNamed = plain == "spec" || plain == "specification" || plain == "spec's"
          isRange = false
        }
      }
    }
    return references
  }

  private static func between(_ first: (section: String, line: Int), _ last: String, _ line: Int)
    -> [(section: String, line: Int)]
  {
    let from = first.section.split(separator: ".").compactMap { Int($0) }
    let to = last.split(separator: ".").compactMap { Int($0) }
    guard from.count == to.count, from.dropLast() == to.dropLast(), let low = from.last,
      let high = to.last, low + 1 < high
    else { return [] }
    return ((low + 1)..<high).map { number in
      ((from.dropLast() + [number]).map(String.init).joined(separator: "."), line)
    }
  }
}
