/// The numbers and the slots in a step's text, each in the order in which they are named.
struct Tokens {
  private var created: ArraySlice<Substring>
  private var others: ArraySlice<Substring>

  init(_ words: String) {
    let isPart = { (character: Character) in
      character.isLetter || character.isNumber || character == "-" || character == "'"
    }
    let open = words.firstIndex(of: "(") ?? words.endIndex
    let head = words[..<open]
    let names = head.indices.last { head[$0...].hasPrefix(" = ") }.map { head[..<$0] } ?? ""
    created = names.split { !isPart($0) }[...]
    others = words[open...].split { !isPart($0) }[...]
  }

  /// The choice with the value that stands in the text; `nil` if none does.
  mutating func next(for choice: Choice) -> Choice? {
    switch choice.role {
    case .defines(let space): created.popFirst().flatMap { choice.naming($0, in: space) }
    case .uses(let space), .ends(let space):
      next { choice.naming($0, in: space) }
    case .plain, .shape: next { choice.reading($0) }
    }
  }

  /// The first of what is left that can be read; labels and the like are passed over.
  private mutating func next(_ read: (Substring) -> Choice?) -> Choice? {
    while let token = others.popFirst() {
      if let choice = read(token) { return choice }
    }
    return nil
  }
}

extension Choice {
  fileprivate func naming(_ token: Substring, in space: UInt8) -> Choice? {
    let digits = token.dropFirst().prefix { $0.isNumber }
    guard let letter = token.unicodeScalars.first?.value,
      let round = digits.isEmpty ? 0 : Int(digits)
    else { return nil }
    let first = space % 2 == 0 ? 0x61 : 0x41
    let (number, overflow) = round.multipliedReportingOverflow(by: 26)
    guard !overflow else { return nil }
    return choosing(Int128(number) + Int128(letter) - Int128(first))
  }

  fileprivate func reading(_ token: Substring) -> Choice? {
    switch token {
    case "false": choosing(0)
    case "true": choosing(1)
    default: Int128(token).flatMap(choosing)
    }
  }
}
