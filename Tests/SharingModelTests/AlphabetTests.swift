import MemorySharing
import PropertyTesting
import SimulatedHypervisors
import Testing

@testable import SharingModel

@Suite struct AlphabetTests {
  /// A machine on which a block of 64 bytes has four granules.
  private static let configuration: Configuration = {
    var configuration = Configuration()
    configuration.granule = 16
    configuration.minimumBlock = 8
    return configuration
  }()

  private static let program = Program(
    configuration: configuration,
    steps: [
      Step(.allocate(Slot(3), size: 50, alignment: 2)), Step(.write(Slot(3))),
      Step(.share(Slot(5), size: 7, .both), fault: .hypercall(position: 2, .fails)),
      Step(.mapMMIO(page: 6, pages: 3, .tail)),
    ])

  private static let alphabet = Alphabet(of: program)

  /// All steps once two slots have names.
  private static let letters: [Step] = {
    var letters: [Step] = []
    var odometer = Odometer(length: 0)
    while let step = odometer.turn({ choices -> Step in
      var names = Alphabet.Names(used: alphabet.slots, most: alphabet.slots)
      return alphabet.step(from: &choices, &names)
    }) {
      letters.append(step)
    }
    return letters
  }()

  @Test("Every kind of command is there, and every way of it")
  func kinds() {
    let commands = Self.letters.map(\.command)
    for kind in Command.Kind.allCases { #expect(commands.contains { $0.kind == kind }) }
    for way in Freeing.allCases { #expect(commands.contains(.free(Slot(2), way))) }
    for way in Initialisation.allCases { #expect(commands.contains(.initialise(way))) }
    for direction in Grammar.directions {
      #expect(commands.contains(.share(Slot(0), size: 16, direction)))
      #expect(commands.contains(.dmaAlloc(Slot(1), pages: 1, direction)))
    }
    for mode in Grammar.faultModes { #expect(commands.contains(.standingFault(mode))) }
    #expect(commands.contains(.standingFault(nil)))
    #expect(commands.contains(.heapAllocate(Slot(0), size: 8, alignment: 1, zeroed: true)))
    #expect(commands.contains(.allocate(Slot(0), size: 0, alignment: 1)))
  }

  @Test("Every block order is there with every number of granules that it can touch, and ±1")
  func orders() {
    for (block, granules) in [
      (8, 1), (16, 1), (32, 1), (32, 2), (64, 1), (64, 2), (64, 3), (64, 4),
    ]
      as [(UInt64, UInt64)]
    {
      let inClass = Self.alphabet.requests.filter { request in
        let needed = max(request.size, request.alignment, 8)
        return block / 2 < needed && needed <= block && request.size > 0
          && (request.size + 15) / 16 == granules
      }
      #expect(!inClass.isEmpty, "\(block) bytes, \(granules) granules")
    }
    let plain = Self.alphabet.requests.filter { $0.alignment == 1 }.map(\.size)
    for size in [7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65] as [UInt64] {
      #expect(plain.contains(size))
    }
    #expect(Self.alphabet.requests.contains(.init(size: 1, alignment: 64)))
  }

  @Test("Every fault of the grammar is there for the commands that can have one")
  func faults() {
    let faults = Self.letters.filter { $0.command == .unshareAll }.map(\.faults)
    var expected: [CommandFaults] = [[], [.heapAllocation]]
    for position in 1...16 {
      for mode in Grammar.faultModes { expected.append([.hypercall(position: position, mode)]) }
    }
    #expect(faults == expected)
    #expect(Self.letters.allSatisfy { $0.command.kind.canFail || $0.faults.isEmpty })
  }

  @Test("What else goes wrong in a program is tried before the hypercalls, alone and in its pairs")
  func ownFaults() {
    let pair: CommandFaults = [.host(.writes, before: 3), .hypercall(position: 20, .fails)]
    var program = Self.program
    program.steps.append(Step(.unshareAll, faults: pair))
    let faults = Alphabet(of: program).faults
    #expect(faults.prefix(5) == [[], [.heapAllocation], pair, [pair[0]], [pair[1]]])
    #expect(faults.count == Self.alphabet.faults.count + 3)
  }

  @Test("The program itself is of its alphabet, with its slots named in the order of first use")
  func itself() {
    let renamed = [
      Step(.allocate(Slot(0), size: 50, alignment: 2)), Step(.write(Slot(0))),
      Step(.share(Slot(1), size: 7, .both), fault: .hypercall(position: 2, .fails)),
      Step(.mapMMIO(page: 6, pages: 3, .tail)),
    ]
    #expect(Self.alphabet.slots == 3)
    for step in renamed { #expect(Self.letters.contains(step), "\(step)") }
  }

  @Test("Every letter is there once, counted, and such as the grammar can make")
  func letters() {
    let letters = Self.letters
    #expect(Self.alphabet.count == letters.count)
    for (index, step) in letters.enumerated() where index % 97 == 0 {
      #expect(letters.firstIndex(of: step) == index)
      let program = Program(configuration: Self.configuration, steps: [step])
      #expect(Grammar().testCase(of: program) != nil, "\(step)")
    }
    #expect(Self.alphabet.lines[0].hasPrefix("\(letters.count) steps"))
  }

  @Test("A program names its slots in the order of their first use")
  func names() {
    var seen: [[Int]] = []
    for number in 0..<27 as Range<UInt64> {
      let wanted = [number / 9, number / 3 % 3, number % 3]
      let records = wanted.map { slot in
        Record(
          width: nil,
          choices: [UInt64(Command.Kind.heapAllocate.rawValue), slot, 0, 0].map {
            Choice(value: $0)
          })
      }
      let testCase = TestCase(records: [Record(width: nil)] + records)
      var choices = Choices(replaying: testCase)
      let program = Self.alphabet.program(from: &choices, length: 4)
      let slots = program.steps.compactMap { $0.command.madeSlot?.index }
      if !seen.contains(slots) { seen.append(slots) }
    }
    #expect(seen == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [0, 1, 2]])
  }

  @Test("A last step is of the kind that is asked for, and its slot is one that nobody asks for")
  func last() {
    var odometer = Odometer(length: 1)
    var kinds: [Command.Kind] = []
    while let program = odometer.turn({
      Self.alphabet.program(from: &$0, length: 1, endingWith: .heapAllocate)
    }) {
      kinds += program.steps.map(\.command.kind)
      #expect(program.steps[0].command.madeSlot == Slot(0))
    }
    #expect(kinds.allSatisfy { $0 == .heapAllocate })
    #expect(kinds.count == 2 * Self.alphabet.requests.count)
  }

  @Test("A huge request makes no huge alphabet")
  func huge() {
    var program = Self.program
    program.steps.append(Step(.heapAllocate(Slot(0), size: .max, alignment: 1, zeroed: false)))
    let alphabet = Alphabet(of: program)
    #expect(alphabet.requests.count < 2000)
    #expect(alphabet.requests.contains(.init(size: .max, alignment: 1)))
    #expect(alphabet.requests.contains(.init(size: 1 << 63, alignment: 1)))
  }
}
