/// What one file in Swift declares: types, extensions and members, but nothing inside of bodies.
struct Declarations: Sendable {
  enum Kind: Sendable {
    case type
    case alias
    case `extension`
    /// A function, property or case of a type, or at the top level.
    case member
    case associatedType
  }

  struct Declaration: Sendable {
    let kind: Kind
    /// Of an extension, what it extends.
    let name: String
    /// The types around it, outermost first.
    let around: [String]
    let line: Int
    let token: Int
    let isOverride: Bool
    /// Whether it says `public` or `open`.
    let isPublic: Bool
    /// Whether it is a case of an enumeration.
    let isCase: Bool
    /// Whether it is used by another way than its name: by C, or as a case of an enumeration that
    /// is made from text or listed as a whole.
    let isFromOutside: Bool
    /// Of an extension: whether it states a conformance. Of a member: whether its extension does.
    let conforms: Bool
    /// Whether it is in a protocol, and so wanted by name.
    let isRequirement: Bool
    /// The tokens from its name to the end of its body.
    var body: Range<Int>

    var qualifiedName: String { (around + [name]).joined(separator: ".") }
  }

  private(set) var all: [Declaration] = []
  var types: [Declaration] { all.filter { $0.kind == .type } }
  /// Names that mean something else in this file than a type of the module.
  private(set) var localNames: Set<String> = []
  private(set) var isEntryPoint = false

  init(_ text: SwiftText) {
    var reader = DeclarationReader(tokens: text.tokens.filter { !$0.isInterpolated })
    reader.read()
    all = reader.found
    localNames = reader.localNames
    isEntryPoint = reader.isEntryPoint
  }
}

private struct DeclarationReader {
  typealias Declaration = Declarations.Declaration

  let tokens: [SwiftText.Token]
  var found: [Declaration] = []
  var localNames: Set<String> = []
  var isEntryPoint = false

  private enum Scope {
    /// The index of its declaration.
    case type(Int)
    case code
  }
  private var scopes: [Scope] = []
  /// What the next brace opens.
  private var pending: Scope?
  private var parentheses = 0
  private var index = 0

  init(tokens: [SwiftText.Token]) { self.tokens = tokens }

  mutating func read() {
    while index < tokens.count {
      let token = tokens[index]
      switch token.kind {
      case .symbol: readSymbol(token.text)
      case .word: readWord(token.text)
      case .number, .literal: break
      }
      index += 1
    }
  }

  private mutating func readSymbol(_ symbol: String) {
    switch symbol {
    case "(", "[": parentheses += 1
    case ")", "]": parentheses -= 1
    case "{":
      // A closure among arguments is code, whatever is pending.
      scopes.append(parentheses > 0 ? .code : pending ?? .code)
      if parentheses == 0 { pending = nil }
      braces.append(parentheses)
      parentheses = 0
    case "}":
      parentheses = braces.popLast() ?? 0
      if case .type(let declaration) = scopes.popLast() {
        found[declaration].body = found[declaration].body.lowerBound..<index + 1
      }
      if parentheses == 0 { pending = nil }
    case "@":
      if word(at: index + 1) == "main" { isEntryPoint = true }
    default: break
    }
  }

  /// The open parentheses outside of each open brace.
  private var braces: [Int] = []

  private var isInCode: Bool {
    if case .code = scopes.last { true } else { false }
  }

  private var around: [String] {
    scopes.compactMap { if case .type(let index) = $0 { found[index].name } else { nil } }
  }

  private func word(at index: Int) -> String? {
    index >= 0 && index < tokens.count && tokens[index].kind == .word ? tokens[index].text : nil
  }

  private func symbol(at index: Int) -> String? {
    index >= 0 && index < tokens.count && tokens[index].kind == .symbol ? tokens[index].text : nil
  }

  private func isCapital(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    return first &- 65 < 26
  }

  private mutating func readWord(_ word: String) {
    guard parentheses == 0, symbol(at: index - 1) != "." else { return }
    switch word {
    case "struct", "class", "enum", "protocol", "actor":
      guard let name = self.word(at: index + 1), isCapital(name) else { return }
      declare(.type, name, at: index + 1, isProtocol: word == "protocol")
      if header(from: index).contains(where: { Self.makers.contains($0.text) }) {
        open.insert(found.count - 1)
      }
      pending = .type(found.count - 1)
      noteGenerics(after: index + 1)
    case "extension":
      var end = index + 1
      while symbol(at: end + 1) == ".", self.word(at: end + 2) != nil { end += 2 }
      guard let name = self.word(at: end) else { return }
      declare(
        .extension, name, at: end, conforms: header(from: end).contains { $0.text == ":" })
      pending = .type(found.count - 1)
    case "typealias":
      guard let name = self.word(at: index + 1) else { return }
      declare(.alias, name, at: index + 1)
      localNames.insert(name)
    case "associatedtype":
      guard let name = self.word(at: index + 1) else { return }
      declare(.associatedType, name, at: index + 1)
      localNames.insert(name)
    case "func":
      if let name = self.word(at: index + 1) {
        if !isInCode { declare(.member, name, at: index + 1) }
        noteGenerics(after: index + 1)
      }
      pending = .code
    case "init", "subscript", "deinit":
      if !isInCode { pending = .code }
    case "var", "let":
      guard !isInCode else { return }
      if let name = self.word(at: index + 1) { declare(.member, name, at: index + 1) }
      pending = .code
    case "case":
      if !isInCode, !scopes.isEmpty { readCases() }
    default: break
    }
  }

  /// The tokens up to a brace or `where`.
  private func header(from start: Int) -> ArraySlice<SwiftText.Token> {
    tokens[start...].prefix { !($0.kind == .symbol && $0.text == "{") && $0.text != "where" }
  }

  private mutating func declare(
    _ kind: Declarations.Kind, _ name: String, at token: Int, conforms: Bool = false,
    isProtocol: Bool = false, isCase: Bool = false
  ) {
    var isFromOutside = isExported(before: index)
    var isInConformance = conforms
    var isRequirement = false
    if case .type(let outer) = scopes.last {
      if found[outer].kind == .extension, found[outer].conforms { isInConformance = true }
      isRequirement = protocols.contains(outer)
      if isCase, open.contains(outer) { isFromOutside = true }
    }
    if isProtocol { protocols.insert(found.count) }
    found.append(
      Declaration(
        kind: kind, name: name, around: around, line: tokens[token].line, token: token,
        isOverride: hasModifier("override", before: index),
        isPublic: hasModifier("public", before: index) || hasModifier("open", before: index),
        isCase: isCase, isFromOutside: isFromOutside, conforms: isInConformance,
        isRequirement: isRequirement, body: token..<token + 1))
  }

  private var protocols: Set<Int> = []
  /// Types whose cases are made from text or listed as a whole.
  private var open: Set<Int> = []
  private static let makers: Set = [
    "CaseIterable", "Codable", "Decodable", "ExpressibleByArgument", "EnumerableFlag", "String",
    "Int", "UInt8",
  ]

  private func hasModifier(_ modifier: String, before index: Int) -> Bool {
    for position in stride(from: index - 1, through: max(0, index - 8), by: -1) {
      guard let word = word(at: position) else { return false }
      if word == modifier { return true }
    }
    return false
  }

  /// Whether an attribute in front gives it a name in C.
  private func isExported(before index: Int) -> Bool {
    for position in stride(from: index - 1, through: max(0, index - 10), by: -1) {
      if ["{", "}"].contains(symbol(at: position)) { return false }
      if symbol(at: position) == "@", let word = word(at: position + 1) {
        if ["_cdecl", "c", "_expose", "_silgen_name"].contains(word) { return true }
      }
    }
    return false
  }

  /// Notes the names between `<` and `>` after a declared name.
  private mutating func noteGenerics(after name: Int) {
    guard symbol(at: name + 1) == "<" else { return }
    var depth = 0
    for position in (name + 1)..<tokens.count {
      if symbol(at: position) == "<" { depth += 1 }
      if symbol(at: position) == ">", symbol(at: position - 1) != "-" { depth -= 1 }
      if depth == 0 { return }
      let before = symbol(at: position - 1)
      if depth == 1, before == "<" || before == ",", let parameter = word(at: position) {
        localNames.insert(parameter)
      }
    }
  }

  /// Reads `case a, b(Int), c = 1`.
  private mutating func readCases() {
    var position = index + 1
    while let name = word(at: position) {
      declare(.member, name, at: position, isCase: true)
      position += 1
      if symbol(at: position) == "(" {
        var depth = 0
        repeat {
          if symbol(at: position) == "(" { depth += 1 }
          if symbol(at: position) == ")" { depth -= 1 }
          position += 1
        } while depth > 0 && position < tokens.count
      }
      if symbol(at: position) == "=" { position += symbol(at: position + 1) == "-" ? 3 : 2 }
      guard symbol(at: position) == "," else { break }
      position += 1
    }
  }
}
