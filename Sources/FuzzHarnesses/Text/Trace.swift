import FuzzSupport
import ProgramText
import SharingHarness
import SharingModel

extension FuzzHarness {
  /// The text of programs: any bytes, read and printed again.
  public static var trace: FuzzHarness {
    let check = TextCheck.core
    var commands = 0
    var harness = FuzzHarness(
      name: "fuzz-trace",
      finds: "a text that traps the parser, is refused at no line of it, or is printed as another",
      maximumLength: 4096, commands: { commands }
    ) { bytes in
      let bytes = Array(bytes)
      commands += (try? check.parse(bytes))?.steps.count ?? 0
      return check.failure(of: bytes)
    }
    harness.text = { seed in
      Array(Grammar(maximumLength: 12).program(seed: seed).text.utf8)
    }
    harness.dictionary = TextCheck.words.map { Array($0.utf8) }
    harness.checkText = { text in check.failure(of: Array(text.utf8)) }
    return harness
  }
}

/// What must hold of bytes that may be the text of a program.
package struct TextCheck: Sendable {
  package var parse: @Sendable ([UInt8]) throws(ProgramTextError) -> Program
  package var print: @Sendable (Program) -> String

  /// The parser and the printer that everything uses.
  package static var core: TextCheck {
    TextCheck(
      parse: { bytes throws(ProgramTextError) in try Program(utf8: bytes) },
      print: { program in program.text })
  }

  /// What does not hold; nil if all does.
  package func failure(of bytes: [UInt8]) -> String? {
    let program: Program
    do throws(ProgramTextError) {
      program = try parse(bytes)
    } catch {
      return failure(of: error, in: bytes)
    }
    let text = print(program)
    let again: Program
    do throws(ProgramTextError) {
      again = try parse(Array(text.utf8))
    } catch {
      return "what was printed is refused, \(error):\n\(text)"
    }
    if again != program { return "what was printed is another program:\n\(text)" }
    let second = print(again)
    return second == text ? nil : "what was printed is printed otherwise:\n\(text)\n\(second)"
  }

  /// An error names a line of the text, or the one after its last where something is missing.
  private func failure(of error: ProgramTextError, in bytes: [UInt8]) -> String? {
    let lines = bytes.count { $0 == 10 } + (bytes.last ?? 10 == 10 ? 0 : 1)
    return (1...lines + 1).contains(error.line)
      ? nil : "the text has \(lines) lines, and it says \(error)"
  }
}
