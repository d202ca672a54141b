import PropertyTesting
import SharingHarness
import SharingModel
import Testing

@testable import FuzzSupport

@Suite("The structured mutator") struct StructuredMutatorTests {
  private static let grammar = Grammar()
  private static var layout: InputLayout {
    InputLayout(
      configurationWidth: Grammar.configurationWidth, commandWidth: Grammar.commandWidth,
      mostCommands: 12
    ) { choices in
      _ = grammar.program(from: &choices)
    }
  }

  private static func mutate(_ input: [UInt8], _ other: [UInt8], maximum: Int, seed: UInt32)
    -> [UInt8]
  {
    input.withUnsafeBytes { input in
      other.withUnsafeBytes { other in
        StructuredMutator(layout).mutate(input, with: other, maximum: maximum, seed: seed)
      }
    }
  }

  private static func input(_ seed: UInt64) -> [UInt8] {
    Grammar(maximumLength: 12).testCase(seed: seed).encoded().bytes
  }

  private static func program(_ bytes: [UInt8]) -> Program {
    var choices = Choices(bytes: bytes)
    return grammar.program(from: &choices)
  }

  @Test("What comes of a mutation is whole records, as many as fit, and the same for the same seed")
  func wholeRecords() {
    for seed: UInt32 in 0..<400 {
      let input = Self.input(UInt64(seed % 20))
      let maximum = seed % 3 == 0 ? 32 + 16 * 5 : Self.layout.mostBytes
      let mutated = Self.mutate(input, input, maximum: maximum, seed: seed)
      #expect(mutated.count <= maximum)
      #expect(mutated.count >= 32 && (mutated.count - 32) % 16 == 0)
      #expect(mutated == Self.mutate(input, input, maximum: maximum, seed: seed))
    }
  }

  @Test("Most mutations change the program, and few change more of it than one place")
  func oneChange() {
    var changed = 0
    var small = 0
    for seed: UInt32 in 0..<400 {
      let input = Self.input(UInt64(seed % 20))
      let before = Self.program(input)
      let after = Self.program(
        Self.mutate(input, input, maximum: Self.layout.mostBytes, seed: seed))
      guard before != after else { continue }
      changed += 1
      let common = zip(before.steps, after.steps).prefix { $0 == $1 }.count
      let left = before.steps.dropFirst(common)
      let right = after.steps.dropFirst(common)
      let tail = zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
      if max(left.count, right.count) - tail <= 6 { small += 1 }
    }
    #expect(changed > 340)
    #expect(small > changed * 3 / 5)
  }

  @Test("A crossover takes from both inputs")
  func crossover() {
    let (one, other) = (Self.input(1), Self.input(2))
    let steps = (Self.program(one).steps, Self.program(other).steps)
    var ofBoth = 0
    for seed: UInt32 in 0..<200 {
      let child = Self.program(
        Self.mutate(one, other, maximum: Self.layout.mostBytes, seed: seed)
      ).steps
      let isOfOne = child.contains { steps.0.contains($0) && !steps.1.contains($0) }
      let isOfOther = child.contains { steps.1.contains($0) && !steps.0.contains($0) }
      if isOfOne && isOfOther { ofBoth += 1 }
    }
    #expect(ofBoth > 5)
  }

  @Test("Where not even one command has room, the input is cut")
  func noRoom() {
    let input = Self.input(3)
    for maximum in 0..<40 {
      #expect(Self.mutate(input, input, maximum: maximum, seed: 7) == Array(input.prefix(maximum)))
    }
  }

  @Test("Bytes that are no program yet become one")
  func damaged() {
    for length in [0, 1, 31, 32, 33, 47, 49, 300] {
      let input = [UInt8](repeating: 0xff, count: length)
      let mutated = Self.mutate(input, input, maximum: Self.layout.mostBytes, seed: 5)
      #expect(mutated.count >= 32 && (mutated.count - 32) % 16 == 0)
    }
  }
}
