import MemorySharing
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension TextCheck {
  /// Every word that the printer knows, each once.
  ///
  /// They are read off a program that has every form of command and fault: no table is copied here.
  package static var words: [String] {
    let texts =
      [Program(steps: forms).text] + machines.map { Program(configuration: $0, steps: []).text }
    var words = ["0x", "→", "18446744073709551615", "-1", "answers-garbage"]
    for text in texts {
      let header = text.prefix { $0 != "\n" }
      for part in [header] + text.dropFirst(header.count).split(whereSeparator: \.isWhitespace) {
        let (key, value) = halves(of: part)
        for word in [key, value] where !word.isEmpty && !words.contains(word) { words.append(word) }
      }
    }
    return words
  }

  /// A field of the machine as its name with the sign, and its value; other words as they are.
  private static func halves(of part: Substring) -> (String, String) {
    guard let sign = part.firstIndex(of: "=") else { return (String(part), "") }
    return (String(part[...sign]), String(part[part.index(after: sign)...]))
  }

  /// A program with every form of command, and of fault.
  package static var forms: [Step] {
    let left = Command.Kind.allCases.filter { !order.joined().contains($0) }
    let commands = (order + [left]).flatMap { inTurn($0.map { forms(of: $0.form) }) }
    let faults = modes.map { CommandFault.hypercall(position: 1, $0) } + [.heapAllocation]
    let step = Command.allocate(Slot(0), size: 1, alignment: 1)
    return commands.map { Step($0) } + faults.map { Step(step, fault: $0) }
  }

  /// The order of the words in the dictionary, which fuzzing from a seed depends on: the kinds of a
  /// group take turns. Kinds that are not here come last.
  private static let order: [[Command.Kind]] = [
    [.write], [.free], [.initialise], [.dmaAlloc, .share], [.allocate], [.pin], [.unshareAll],
    [.scribble], [.heapAllocate], [.unpinAll], [.unmapAllMMIO], [.mapMMIO], [.standingFault],
  ]

  private static func inTurn(_ groups: [[Command]]) -> [Command] {
    let longest = groups.map(\.count).max() ?? 0
    return (0..<longest).flatMap { place in
      groups.compactMap { place < $0.count ? $0[place] : nil }
    }
  }

  /// A command with each word that one of its arguments can have.
  private static func forms(of form: CommandForm) -> [Command] {
    var plain = ArgumentValues()
    for argument in form.arguments { examples(of: argument)[0](&plain) }
    var result = [form.make(plain)]
    for argument in form.arguments {
      for example in examples(of: argument).dropFirst() {
        var values = plain
        example(&values)
        result.append(form.make(values))
      }
    }
    return result
  }

  /// What sets an argument to each of its words; numbers are one word.
  private static func examples(
    of argument: CommandArgument
  ) -> [(inout ArgumentValues) -> Void] {
    let numbers: Range<UInt64>
    switch argument.text {
    case .slot: numbers = 0..<UInt64(Slot.count)
    case .number(_, let range):
      let least = range.lowerBound == 0 && range.upperBound == .max ? 1 : range.lowerBound
      numbers = least..<least + 1
    case .word(let words, _): numbers = 0..<UInt64(words.count)
    case .flag: numbers = 0..<2
    case .faultMode: return ([nil] + modes).map { mode in { $0.mode = mode } }
    }
    return numbers.map { number in { argument.set(number, &$0) } }
  }

  private static var modes: [FaultMode] {
    [.fails, .fails(answer: -1), .failsButTakesEffect, .answersGarbage(1), .answersGarbage(2)]
  }

  private static var machines: [Configuration] {
    PlacementRule.allCases.flatMap { rule in
      [true, false].map { isInitialised in
        var configuration = Configuration()
        configuration.heapRule = rule
        configuration.startsInitialised = isInitialised
        return configuration
      }
    }
  }
}
