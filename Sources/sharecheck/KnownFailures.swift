import ArgumentParser
import SharingHarness
import SharingModel

/// A file of ways to fail that a run goes past: a line for each, of invariant and command, as a
/// report prints it. What follows a # is a remark.
enum KnownFailures {
  static func read(_ path: String) throws -> [Fingerprint] {
    var known: [Fingerprint] = []
    for (index, line) in try Files.text(path).split(
      separator: "\n", omittingEmptySubsequences: false
    ).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      if words.isEmpty { continue }
      func refuse(_ what: String) -> ToolFailure { .badInput("\(path):\(index + 1): \(what)") }
      guard words.count == 2 else { throw refuse("a line has an invariant and a command") }
      guard Invariant.all.contains(where: { $0.id == words[0] }) else {
        throw refuse("there is no invariant \"\(words[0])\"")
      }
      guard let command = CommandName(word: words[1]) else {
        throw refuse("there is no command \"\(words[1])\"")
      }
      known.append(Fingerprint(invariant: words[0], command: command))
    }
    return known
  }

  /// The line that makes a run go past a way to fail.
  static func line(_ fingerprint: Fingerprint) -> String {
    "\(fingerprint.invariant) \(fingerprint.command.word)"
  }
}

extension ProgramParts {
  /// The parts that a user names, separated by commas.
  init(words: String) throws {
    self = []
    for word in words.split(separator: ",", omittingEmptySubsequences: false) {
      guard let part = Self.names.first(where: { $0.0 == word })?.1 else {
        let all = Self.names.map(\.0).joined(separator: ", ")
        throw ToolFailure.usage("programs have no part \"\(word)\"; there are \(all)")
      }
      formUnion(part)
    }
  }
}
