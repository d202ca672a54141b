import PropertyTesting
import SharingModel
import Testing

@Suite struct GrammarTests {
  let grammar = Grammar()

  @Test("Every program can be turned back into the choices that make it")
  func roundTrip() throws {
    for seed in 0..<400 as Range<UInt64> {
      let program = grammar.program(seed: seed)
      let testCase = try #require(grammar.testCase(of: program))
      var choices = Choices(replaying: testCase)
      #expect(grammar.program(from: &choices) == program)
    }
  }

  @Test("A recorded seed replays as the same program, and so do its bytes")
  func bytes() {
    for seed in 0..<400 as Range<UInt64> {
      let testCase = grammar.testCase(seed: seed)
      var replay = Choices(replaying: testCase)
      #expect(grammar.program(from: &replay) == grammar.program(seed: seed))
      let encoded = testCase.encoded()
      guard encoded.isExact else { continue }
      var bytes = Choices(bytes: encoded.bytes, recording: true)
      #expect(grammar.program(from: &bytes) == grammar.program(seed: seed))
      #expect(bytes.recorded == testCase)
    }
  }

  @Test("Every kind of machine is drawn often")
  func machines() {
    let machines = (0..<2000 as Range<UInt64>).map { grammar.program(seed: $0).configuration }
    #expect((400...600).contains(machines.count { $0.heapRule == .firstFit }))
    #expect((800...1200).contains(machines.count { $0.virtualOffset != 0 }))
    #expect((200...300).contains(machines.count { !$0.startsInitialised }))
  }

  @Test("Every byte string is a program")
  func total() {
    var numbers = RandomNumbers(seed: 1)
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      var choices = Choices(bytes: bytes)
      let program = grammar.program(from: &choices)
      #expect(program.steps.count == max(0, length - 32 + 15) / 16)
      #expect(program.configuration == program.configuration.normalised)
    }
  }
}
