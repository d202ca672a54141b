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
    let slots = (0..<Slot.count).map(Slot.init)
    var commands: [Command] = slots.map { .write($0) }
    commands += Freeing.allCases.map { .free(slots[0], $0) }
    commands += Initialisation.allCases.map { .initialise($0) }
    for direction in [BufferDirection.driverToDevice, .deviceToDriver, .both] {
      commands += [.dmaAlloc(slots[0], pages: 1, direction), .share(slots[0], size: 1, direction)]
    }
    commands += [
      .allocate(slots[0], size: 1, alignment: 1), .pin(slots[0]), .unshareAll, .scribble,
      .heapAllocate(slots[0], size: 1, alignment: 1, zeroed: true), .unpinAll, .unmapAllMMIO,
      .heapAllocate(slots[0], size: 1, alignment: 1, zeroed: false), .mapMMIO(page: 0, pages: 1),
      .standingFault(nil),
    ]
    commands += modes.map { .standingFault($0) }
    let faults = modes.map { CommandFault.hypercall(position: 1, $0) } + [.heapAllocation]
    let step = Command.allocate(slots[0], size: 1, alignment: 1)
    return commands.map { Step($0) } + faults.map { Step(step, fault: $0) }
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
