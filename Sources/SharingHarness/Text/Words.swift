import MemorySharing
import SharingModel
import SimulatedHypervisors

// The words of the program text, one table each, used by printer and parser alike.

extension Command.Kind {
  /// What the program text and the reports call it.
  public var word: String {
    switch self {
    case .allocate: "allocate"
    case .free: "free"
    case .dmaAlloc: "dma-alloc"
    case .share: "share"
    case .heapAllocate: "heap-allocate"
    case .write: "write"
    case .unshareAll: "unshare-all"
    case .initialise: "initialise"
    case .mapMMIO: "map-mmio"
    case .unmapAllMMIO: "unmap-all-mmio"
    case .scribble: "scribble"
    case .pin: "pin"
    case .unpinAll: "unpin-all"
    case .standingFault: "standing-fault"
    }
  }

  /// The kind of a command that the text calls so.
  public init?(word: some StringProtocol) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }
}

extension CommandName {
  /// What reports call it.
  public var word: String {
    switch self {
    case .start: "start"
    case .command(let kind): kind.word
    case .end: "end"
    }
  }

  /// The name that reports call so.
  public init?(word: some StringProtocol) {
    switch word {
    case "start": self = .start
    case "end": self = .end
    default:
      guard let kind = Command.Kind(word: word) else { return nil }
      self = .command(kind)
    }
  }
}

extension Fingerprint {
  /// The way to fail as one word: invariant and kind of command.
  public var word: String { "\(invariant)/\(command.word)" }

  /// The way to fail that is written so.
  public init?(word: some StringProtocol) {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let command = CommandName(word: parts[1]) else { return nil }
    self.init(invariant: String(parts[0]), command: command)
  }
}

extension Freeing {
  var word: String {
    switch self {
    case .asAllocated: "as-allocated"
    case .half: "half"
    case .double: "double"
    case .inside: "inside"
    case .foreign: "foreign"
    }
  }
}

extension Initialisation {
  var word: String {
    switch self {
    case .standard: "standard"
    case .withoutRange: "without-range"
    case .emptyRange: "empty-range"
    case .overflowingRange: "overflowing-range"
    case .unalignedAddress: "unaligned-address"
    case .unalignedSize: "unaligned-size"
    case .overlappingRange: "overlapping-range"
    case .outsideRange: "outside-range"
    case .rangeAtZero: "range-at-zero"
    case .dynamic: "dynamic"
    case .fixed: "fixed"
    case .heap: "heap"
    }
  }
}

extension PlacementRule {
  var word: String {
    switch self {
    case .buddy: "buddy"
    case .firstFit: "first-fit"
    }
  }
}

extension BufferDirection {
  static var words: [(word: String, value: BufferDirection)] {
    [("to-device", .driverToDevice), ("from-device", .deviceToDriver), ("both", .both)]
  }

  var word: String {
    switch self {
    case .driverToDevice: "to-device"
    case .deviceToDriver: "from-device"
    case .both: "both"
    }
  }
}

extension FaultMode {
  /// The word, with the answer behind it where that is not the usual one.
  var words: String {
    switch self {
    case .fails(answer: -3): "fails"
    case .fails(let answer): "fails \(answer)"
    case .failsButTakesEffect: "fails-but-takes-effect"
    case .answersGarbage(1): "answers-garbage"
    case .answersGarbage(let answer): "answers-garbage \(answer)"
    }
  }
}
