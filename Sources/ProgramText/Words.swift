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

extension Freeing {
  package var word: String {
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
  package var word: String {
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
  package var word: String {
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

  package var word: String {
    switch self {
    case .driverToDevice: "to-device"
    case .deviceToDriver: "from-device"
    case .both: "both"
    }
  }
}

extension FaultMode {
  /// The word, with the answer behind it where that is not the usual one.
  package var words: String {
    switch self {
    case .fails(answer: -3): "fails"
    case .fails(let answer): "fails \(answer)"
    case .failsButTakesEffect: "fails-but-takes-effect"
    case .answersGarbage(1): "answers-garbage"
    case .answersGarbage(let answer): "answers-garbage \(answer)"
    }
  }
}
