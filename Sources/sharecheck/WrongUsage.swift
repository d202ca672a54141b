import ArgumentParser

/// What the parser of arguments would let pass, or would say too little about.
enum WrongUsage {
  /// Options that may be given more than once.
  private static let repeatable: Set<Substring> = ["--mode"]

  /// Refuses a verb that there is not, also after `help`, and an option that is given twice: the
  /// parser would print the help of the root, and take the last.
  static func check(_ arguments: [String]) throws {
    guard var verb = arguments.first else { return }
    if verb == "help" {
      guard arguments.count > 1 else { return }
      verb = arguments[1]
    }
    guard !verb.hasPrefix("-") else { return }
    guard let command = command(verb) else {
      let hint = nearest(to: verb, in: verbs).map { "did you mean \"\($0)\"? There" } ?? "there"
      throw ToolFailure.usage(
        "there is no verb \"\(verb)\"; \(hint) are \(verbs.joined(separator: ", "))")
    }
    // Hidden verbs are for the tool itself.
    guard command.configuration.shouldDisplay else { return }
    var seen: Set<Substring> = []
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
      let option = word.prefix { $0 != "=" }
      guard repeatable.contains(option) || seen.insert(option).inserted else {
        throw ToolFailure.usage("\(option) is given twice; see sharecheck \(verb) --help")
      }
    }
  }

  /// The parser's message in one line, with where to read on.
  static func line(_ message: String, after arguments: [String]) -> String {
    let lines = message.split(separator: "\n")
    guard let first = lines.first else { return "wrong usage; see sharecheck --help" }
    // A list of what is valid has a line for each.
    let values = lines.dropFirst().prefix { $0.hasPrefix("  - ") }.map { $0.dropFirst(4) }
    let text = ([String(first)] + [values.joined(separator: ", ")]).filter { !$0.isEmpty }
      .joined(separator: " ")
    let verb = arguments.first.flatMap { command($0) == nil ? nil : " \($0)" } ?? ""
    let end = text.hasSuffix(".") || text.hasSuffix("?") ? " See" : "; see"
    return "\(text)\(end) sharecheck\(verb) --help"
  }

  /// The nearest word, which differs by at most two letters, or a third of them.
  static func nearest(to word: String, in words: [String]) -> String? {
    words.map { (word: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= max(2, word.count / 3) }
      .min { $0.distance < $1.distance }?.word
  }

  private static var verbs: [String] {
    Sharecheck.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .compactMap { $0.configuration.commandName }
  }

  private static func command(_ name: String) -> (any ParsableCommand.Type)? {
    Sharecheck.configuration.subcommands.first { $0.configuration.commandName == name }
  }

  /// How many letters are to be inserted, erased or replaced.
  private static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for letter in first {
      var diagonal = row[0]
      row[0] += 1
      for column in second.indices {
        let replaced = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
