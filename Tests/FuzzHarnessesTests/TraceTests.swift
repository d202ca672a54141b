import FuzzHarnesses
import FuzzSupport
@testable import ProgramText
import PropertyTesting
import SharingModel
import Testing

@Suite struct TraceTests {
  /// The text of a random program, in two of three cases with a word of the format somewhere in it.
  private static func text(_ seed: UInt64) -> [UInt8] {
    var bytes = Array(Grammar(maximumLength: 12).program(seed: seed).text.utf8)
    var numbers = RandomNumbers(seed: seed)
    let words = TextCheck.words
    guard numbers.chance(2, outOf: 3) else { return bytes }
    let word = Array(words[Int(numbers.next(below: UInt64(words.count)))].utf8)
    let place = Int(numbers.next(below: UInt64(bytes.count)))
    let end = min(place + Int(numbers.next(below: 3)), bytes.count)
    bytes.replaceSubrange(place..<end, with: word)
    return bytes
  }

  private static func firstFailure(_ check: TextCheck) -> String? {
    (1...500).lazy.compactMap { check.failure(of: text($0)) }.first
  }

  @Test("Texts, whole and damaged, are read as what was printed or refused at a line")
  func core() {
    #expect(Self.firstFailure(.core) == nil)
    let forms = Program(steps: TextCheck.forms)
    #expect(TextCheck.core.failure(of: Array(forms.text.utf8)) == nil)
  }

  @Test("The dictionary holds every kind of command, and every field of the machine")
  func dictionary() {
    let words = FuzzHarness.trace.dictionary.map { String(decoding: $0, as: UTF8.self) }
    for kind in Command.Kind.allCases { #expect(words.contains(kind.word)) }
    #expect(words.count { $0.hasSuffix("=") } == 9)
    #expect(words.contains("fails-but-takes-effect"))
    #expect(words.contains("first-fit"))
  }

  @Test("The check sees a printer that leaves something out, or prints what cannot be read")
  func printers() throws {
    let droppingWords = [" zeroed", " align", "end\n", " initialised=no"]
    for word in droppingWords {
      var check = TextCheck.core
      check.print = { program in
        program.text.split(separator: word, omittingEmptySubsequences: false).joined()
      }
      #expect(Self.firstFailure(check) != nil, "without \(word)")
    }
  }

  @Test("The check sees a parser that forgets a step, that names no line, and that is moody")
  func parsers() {
    var forgetful = TextCheck.core
    forgetful.parse = { bytes throws(ProgramTextError) in
      var program = try Program(utf8: bytes)
      if program.steps.count > 3 { program.steps.removeLast() }
      return program
    }
    #expect(Self.firstFailure(forgetful) != nil)

    var lost = TextCheck.core
    lost.parse = { bytes throws(ProgramTextError) in
      do throws(ProgramTextError) {
        return try Program(utf8: bytes)
      } catch {
        throw ProgramTextError(line: error.line - 1, problem: error.problem)
      }
    }
    #expect(Self.firstFailure(lost) != nil)
    lost.parse = { bytes throws(ProgramTextError) in
      do throws(ProgramTextError) {
        return try Program(utf8: bytes)
      } catch {
        throw ProgramTextError(line: error.line + 2, problem: error.problem)
      }
    }
    #expect(Self.firstFailure(lost) != nil)
  }
}
