/// The targets of `Package.swift`, read as text.
///
/// It understands `.target`, `.executableTarget`, `.testTarget` and `.plugin` in the list or in a
/// function of the manifest that makes a target from its arguments, and dependencies that are
/// strings, `.product(name:)`, `.target(name:)`, `.byName(name:)`, constants of the manifest, and
/// sums of lists. What it does not understand is an error, never no dependency.
struct Manifest: Sendable {
  struct Target: Sendable {
    enum Kind: Sendable {
      case library
      case executable
      case test
      case plugin
    }

    let name: String
    let kind: Kind
    /// The folder of its sources.
    let path: String
    /// The names of targets and products.
    let dependencies: [String]
    let line: Int

    /// The name by which sources import it.
    var module: String { name.replacing("-", with: "_") }
  }

  struct Unreadable: Error, CustomStringConvertible {
    let line: Int
    let text: String
    var description: String { "Package.swift:\(line): \(text)" }
  }

  private(set) var targets: [Target] = []
  /// Names that are products of other packages.
  private(set) var products: Set<String> = []

  init(_ checkout: Checkout) throws {
    guard let text = checkout.files["Package.swift"]?.swift else {
      throw Unreadable(line: 0, text: "is missing")
    }
    var reader = ManifestReader(tokens: text.tokens.filter { !$0.isInterpolated })
    try reader.read()
    targets = reader.targets
    products = reader.products
  }

  /// A target by its name as a module.
  func target(module: String) -> Target? { targets.first { $0.module == module } }

  /// Whether a Swift file belongs to a target.
  func owns(_ target: Target, _ path: String) -> Bool {
    guard path.hasSuffix(".swift"), path.hasPrefix(target.path + "/") else { return false }
    return !targets.contains {
      $0.path.count > target.path.count && $0.path.hasPrefix(target.path + "/")
        && path.hasPrefix($0.path + "/")
    }
  }
}

private struct ManifestReader {
  typealias Token = SwiftText.Token
  typealias Slice = ArraySlice<Token>

  let tokens: [Token]
  var targets: [Manifest.Target] = []
  var products: Set<String> = []

  /// A function that makes a target.
  private struct Template {
    var parameters: [(label: String?, name: String)]
    var body: Slice
  }
  private var templates: [String: Template] = [:]
  private var constants: [String: Slice] = [:]

  init(tokens: [Token]) { self.tokens = tokens }

  private static let kinds: [String: Manifest.Target.Kind] = [
    "target": .library, "executableTarget": .executable, "testTarget": .test,
    "plugin": .plugin,
  ]

  private static let folders: [Manifest.Target.Kind: String] = [
    .library: "Sources/", .executable: "Sources/", .test: "Tests/", .plugin: "Plugins/",
  ]

  mutating func read() throws {
    var index = 0
    while index < tokens.count {
      if tokens[index].text == "func", index + 1 < tokens.count {
        index = readTemplate(at: index)
      } else if tokens[index].text == "let", tokens[index].kind == .word {
        readConstant(at: index)
        index += 1
      } else {
        index += 1
      }
    }
    guard let list = tokens.indices.first(where: { isArgument("targets", at: $0) && isList($0) })
    else { throw Manifest.Unreadable(line: 1, text: "has no list of targets") }
    for element in elements(tokens[(list + 2)..<end(of: list + 2)].dropFirst()) {
      try readTarget(element, arguments: [:])
    }
  }

  private func isList(_ label: Int) -> Bool {
    guard label + 2 < tokens.count, tokens[label + 2].text == "[" else { return false }
    // Products have a list of targets, too; theirs are strings.
    return label + 3 < tokens.count && tokens[label + 3].kind != .literal
  }

  private func isArgument(_ label: String, at index: Int) -> Bool {
    tokens[index].text == label && index + 1 < tokens.count && tokens[index + 1].text == ":"
  }

  /// The index of what closes the bracket at `start`.
  private func end(of start: Int) -> Int {
    var depth = 0
    for index in start..<tokens.count where tokens[index].kind == .symbol {
      if "([{".contains(tokens[index].text) { depth += 1 }
      if ")]}".contains(tokens[index].text) { depth -= 1 }
      if depth == 0 { return index }
    }
    return tokens.count - 1
  }

  /// Splits at commas outside of brackets.
  private func elements(_ slice: Slice) -> [Slice] {
    var elements: [Slice] = []
    var depth = 0
    var start = slice.startIndex
    for index in slice.indices where tokens[index].kind == .symbol {
      if "([{".contains(tokens[index].text) { depth += 1 }
      if ")]}".contains(tokens[index].text) { depth -= 1 }
      if depth == 0, tokens[index].text == "," {
        elements.append(slice[start..<index])
        start = index + 1
      }
    }
    if start < slice.endIndex { elements.append(slice[start...]) }
    return elements
  }

  /// Notes a constant's value, up to the next statement.
  private mutating func readConstant(at index: Int) {
    let name = tokens[index + 1].text
    guard let equals = tokens[index...].prefix(12).firstIndex(where: { $0.text == "=" }),
      equals + 1 < tokens.count, tokens[equals + 1].text == "["
    else { return }
    constants[name] = tokens[(equals + 1)...end(of: equals + 1)]
  }

  private mutating func readTemplate(at index: Int) -> Int {
    let name = tokens[index + 1].text
    guard index + 2 < tokens.count, tokens[index + 2].text == "(" else { return index + 1 }
    let close = end(of: index + 2)
    guard let open = tokens[close...].firstIndex(where: { $0.text == "{" }) else { return close }
    let parameters = elements(tokens[(index + 3)..<close]).map { parameter in
      let words = parameter.prefix { $0.text != ":" }
      let label = words.first!.text
      return (label: label == "_" ? nil : label, name: words.last!.text)
    }
    let last = end(of: open)
    templates[name] = Template(parameters: parameters, body: tokens[(open + 1)..<last])
    return last
  }

  private mutating func readTarget(_ call: Slice, arguments: [String: Slice]) throws {
    var call = call
    if call.first?.text == "return" { call = call.dropFirst() }
    if call.first?.text == "." { call = call.dropFirst() }
    guard let name = call.first, call.dropFirst().first?.text == "(" else {
      throw Manifest.Unreadable(
        line: call.first?.line ?? 0, text: "cannot read a target that is no call")
    }
    let inside = elements(call[(call.startIndex + 2)..<end(of: call.startIndex + 1)])
    if let kind = Self.kinds[name.text] {
      try addTarget(kind, inside, arguments, line: name.line)
    } else if let template = templates[name.text] {
      var values: [String: Slice] = [:]
      var given = inside
      for parameter in template.parameters {
        guard let first = given.first else { break }
        let label = first.dropFirst().first?.text == ":" ? first.first?.text : nil
        guard label == parameter.label else { continue }
        values[parameter.name] = label == nil ? first : first.dropFirst(2)
        given.removeFirst()
      }
      try readTarget(template.body, arguments: values)
    } else {
      throw Manifest.Unreadable(line: name.line, text: "cannot read the target \(name.text)(…)")
    }
  }

  private mutating func addTarget(
    _ kind: Manifest.Target.Kind, _ inside: [Slice], _ arguments: [String: Slice], line: Int
  ) throws {
    var values: [String: Slice] = [:]
    for argument in inside where argument.dropFirst().first?.text == ":" {
      values[argument.first!.text] = argument.dropFirst(2)
    }
    guard let name = values["name"].flatMap({ string($0, arguments) }) else {
      throw Manifest.Unreadable(line: line, text: "cannot read the name of a target")
    }
    let path = values["path"].map { string($0, arguments) }
    if case .some(nil) = path {
      throw Manifest.Unreadable(line: line, text: "cannot read the path of \(name)")
    }
    targets.append(
      Manifest.Target(
        name: name, kind: kind,
        path: (path ?? nil) ?? Self.folders[kind]! + name,
        dependencies: try values["dependencies"].map { try names($0, arguments) } ?? [], line: line)
    )
  }

  /// A string literal with arguments put in, or an argument.
  private func string(_ slice: Slice, _ arguments: [String: Slice]) -> String? {
    guard slice.count == 1, let token = slice.first else { return nil }
    if token.kind == .word { return arguments[token.text].flatMap { string($0, [:]) } }
    guard token.kind == .literal else { return nil }
    var text = token.text
    for (name, value) in arguments {
      guard text.contains("\\(\(name))") else { continue }
      guard let value = string(value, [:]) else { return nil }
      text = text.replacing("\\(\(name))", with: value)
    }
    return text
  }

  /// The names in a list of dependencies, or in a sum of lists.
  private mutating func names(_ slice: Slice, _ arguments: [String: Slice]) throws -> [String] {
    var names: [String] = []
    var index = slice.startIndex
    while index < slice.endIndex {
      let token = tokens[index]
      if token.text == "+", token.kind == .symbol {
        index += 1
      } else if token.text == "[", token.kind == .symbol {
        let close = end(of: index)
        for element in elements(tokens[(index + 1)..<close]) {
          names.append(try self.name(element, arguments))
        }
        index = close + 1
      } else if token.kind == .word, let value = arguments[token.text] ?? constants[token.text] {
        names += try self.names(value, [:])
        index += 1
      } else {
        throw Manifest.Unreadable(line: token.line, text: "cannot read a dependency: \(token.text)")
      }
    }
    return names
  }

  private mutating func name(_ element: Slice, _ arguments: [String: Slice]) throws -> String {
    if let name = string(element, arguments) { return name }
    let words = element.map(\.text)
    if words.count > 5, words[0] == ".", ["product", "target", "byName"].contains(words[1]),
      words[3] == "name", element[element.startIndex + 5].kind == .literal
    {
      if words[1] == "product" { products.insert(words[5]) }
      return words[5]
    }
    throw Manifest.Unreadable(
      line: element.first?.line ?? 0,
      text: "cannot read a dependency: \(words.joined(separator: " "))")
  }
}
