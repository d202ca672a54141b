/// Every link within the checkout leads somewhere, every path in a code span is there, and every
/// document is found from `README.md`.
struct MarkdownLinks {
  static let root = "README.md"

  static func complaints(_ checkout: Checkout) -> [Complaint] {
    var texts: [String: MarkdownText] = [:]
    for file in checkout.markdown { texts[file.path] = MarkdownText(file) }
    var complaints: [Complaint] = []
    var linked: [String: Set<String>] = [:]
    var anchors: [String: Set<String>] = [:]
    let folders = Set(checkout.files.keys.filter { $0.contains("/") }.map(firstFolder))

    for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
      for link in text.links where !isOutside(link.target) {
        let parts = link.target.split(
          separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let target = resolve(String(parts[0]), from: path),
          target == "" || checkout.has(target)
        else {
          complaints.append(Complaint(path, link.line, "nothing is at \(link.target)"))
          continue
        }
        let document = document(at: target, checkout)
        linked[path, default: []].insert(document)
        guard parts.count == 2 else { continue }
        guard let destination = texts[document] else {
          // A line of a source file.
          if !parts[1].hasPrefix("L") {
            complaints.append(Complaint(path, link.line, "\(target) has no headings"))
          }
          continue
        }
        let all = anchors[document] ?? destination.anchors
        anchors[document] = all
        if !all.contains(String(parts[1])) {
          complaints.append(Complaint(path, link.line, "\(document) has no heading #\(parts[1])"))
        }
      }
      for span in text.codeSpans {
        guard let named = namedPath(span.text, folders) else { continue }
        if !checkout.has(named) {
          complaints.append(Complaint(path, span.line, "there is no `\(named)`"))
        }
      }
    }
    complaints += unreachable(texts.keys.sorted(), linked)
    return complaints
  }

  private static func unreachable(_ all: [String], _ linked: [String: Set<String>]) -> [Complaint] {
    var reached: Set = [root]
    var next = [root]
    while let path = next.popLast() {
      for target in linked[path] ?? [] where reached.insert(target).inserted { next.append(target) }
    }
    return all.filter { !reached.contains($0) }.map {
      Complaint($0, "no link leads here from \(root)")
    }
  }

  private static func isOutside(_ target: String) -> Bool {
    target.contains("://") || target.hasPrefix("mailto:")
  }

  private static func firstFolder(_ path: String) -> String {
    String(path.prefix { $0 != "/" })
  }

  /// What a folder shows: its README, or the root page of a DocC catalogue.
  private static func document(at path: String, _ checkout: Checkout) -> String {
    if checkout.files[path] != nil { return path }
    if path.hasSuffix(".docc") {
      let name = path.split(separator: "/").last!.dropLast(".docc".count)
      return "\(path)/\(name).md"
    }
    return path + "/README.md"
  }

  /// The path from the root, or nil where it leaves the checkout.
  private static func resolve(_ target: String, from path: String) -> String? {
    if target.isEmpty { return path }
    let folder = path.split(separator: "/").dropLast().map(String.init)
    if target.hasPrefix("doc:") {
      return (folder + [target.dropFirst(4) + ".md"]).joined(separator: "/")
    }
    var parts = target.hasPrefix("/") ? [] : folder
    for part in target.split(separator: "/") where part != "." {
      if part == ".." {
        if parts.popLast() == nil { return nil }
      } else {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  /// The path that a code span begins with, if it is one below a folder of the checkout.
  private static func namedPath(_ span: String, _ folders: Set<String>) -> String? {
    let word = span.prefix { $0 != " " && $0 != "\n" }
    guard word.contains("/"), folders.contains(firstFolder(String(word))) else { return nil }
    guard word.utf8.allSatisfy({ isPathByte($0) }) else { return nil }
    return String(word.hasSuffix("/") ? word.dropLast() : word)
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || "/._-+".utf8.contains(byte)
  }
}
