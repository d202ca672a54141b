import MemorySharing

// Which sizes can be told apart, and which of them stand for the others.

extension Alphabet {
  /// The alphabet of a program: all that programs like it are made of, its slots renamed.
  public init(of program: Program) {
    let configuration = program.configuration
    let commands = program.steps.map { (form: $0.command.kind.form, values: $0.command.arguments) }
    let asked = commands.flatMap { command in
      command.form.arguments.compactMap { $0.request(command.values) }
    }
    let largest = asked.map { configuration.block($0) }.max() ?? configuration.minimumBlock
    let classes = configuration.classes(upTo: largest)
    let refused = [Request(size: 0, alignment: 1), Request(size: 1, alignment: 3)]

    self.configuration = configuration
    requests = classes
    sizes = classes.map(\.size) + [0]
    pages = [0, 1, 2] + classes.map { $0.size.pagesAround }
    mappings = [0, 1].flatMap { page in [1, 2].map { Mapping(page: page, pages: $0) } }
    let used = program.steps.compactMap(\.command.slot?.index)
    slots = min(used.withoutRepetitions.count + 1, Slot.count)
    freeings = Freeing.allCases
    directions = Grammar.directions
    zeroings = [false, true]
    initialisations = Initialisation.allCases
    standingFaults = [nil] + Grammar.faultModes
    mmioWindows = [.whole]
    addedRanges = AddedRange.allCases
    kinds = Command.Kind.allCases
    let own = program.steps.map(\.faults)
    faults = Self.faults(with: own + own.flatMap { $0.map { [$0] } as [CommandFaults] })
    for (form, values) in commands {
      for argument in form.arguments { argument.widen(values, &self) }
    }
    requests = (requests + refused).withoutRepetitions
    sizes = sizes.withoutRepetitions
    pages = pages.withoutRepetitions
    mappings = mappings.withoutRepetitions
  }

  /// The alphabet of a sweep: every kind of command, and a few of each.
  ///
  /// Sizes are 1, a granule, one byte more, and three; an alignment to a granule is there where it
  /// makes a larger block. Beyond that a kind has one that stands for all: what is freed is freed
  /// as it was allocated, buffers go both ways, and the init is the standard one.
  ///
  /// - Parameter faults: whether commands have faults of their own; a sweep disturbs them itself.
  public init(sweeping configuration: Configuration, faults: Bool = false) {
    let granule = configuration.granule
    let granules = [1, granule, granule + 1, 3 * granule]
    self.configuration = configuration
    sizes = granules.withoutRepetitions
    requests =
      (sizes.map { Request(size: $0, alignment: 1) } + [Request(size: 1, alignment: granule)])
      .withoutRepetitions
    pages = granules.map(\.pagesAround).withoutRepetitions
    mappings = [1, 2].map { Mapping(page: 0, pages: $0) }
    slots = 2
    freeings = [.asAllocated]
    directions = [.both]
    zeroings = [false]
    initialisations = [.standard]
    standingFaults = [.fails, nil]
    mmioWindows = [.whole]
    addedRanges = AddedRange.allCases
    // The heap has all of the arena.
    kinds = Command.Kind.allCases.filter { $0 != .heapAdd }
    self.faults = faults ? Self.faults(with: []) : [[]]
  }
}

extension Configuration {
  /// The block that serves a request, as far as 64 bits go.
  fileprivate func block(_ request: Alphabet.Request) -> UInt64 {
    var block = minimumBlock
    while block < max(request.size, request.alignment), block < 1 << 63 { block *= 2 }
    return block
  }

  /// For each block and each number of granules that a request served by it can touch, the largest
  /// such request, and ±1; and the smallest request that is served by it, for its alignment.
  fileprivate func classes(upTo largest: UInt64) -> [Alphabet.Request] {
    var result: [Alphabet.Request] = []
    var block = minimumBlock
    while block <= largest {
      for count in granuleCounts(in: block) {
        let size = min(count * granule, block)
        let alignment = size > block / 2 ? 1 : block
        for size in [size - 1, size, size + 1] where size > 0 {
          result.append(Alphabet.Request(size: size, alignment: alignment))
        }
      }
      result.append(Alphabet.Request(size: 1, alignment: block))
      guard block < 1 << 63 else { break }
      block *= 2
    }
    return result
  }

  /// How many granules a request served by this block can touch: every number up to 32, and of more
  /// those on an edge.
  private func granuleCounts(in block: UInt64) -> [UInt64] {
    let all = max(block / granule, 1)
    return all <= Alphabet.mostGranules
      ? Array(1...all) : [1, all / 2, all / 2 + 1, all - 1, all]
  }
}

extension Alphabet {
  /// The largest block, in granules, for which every number of granules is tried.
  public static var mostGranules: UInt64 { 32 }
}

extension UInt64 {
  /// The number of pages of 4096 bytes that hold this number of bytes.
  fileprivate var pagesAround: UInt64 { self / 4096 + (self % 4096 == 0 ? 0 : 1) }
}

extension Array where Element: Equatable {
  /// The elements, each at its first place only.
  var withoutRepetitions: [Element] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
