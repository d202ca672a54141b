import SharingModel
import SimulatedHypervisors

/// One field of the machine's line, as it is written and read.
struct MachineField: Sendable {
  let name: String
  /// Whether the machine's value is the usual one, which the text leaves out; of most fields it
  /// leaves none out.
  let isUsual: @Sendable (Configuration) -> Bool
  let write: @Sendable (Configuration) -> String
  let read: Read

  typealias Read =
    @Sendable (String, WordReader, inout Configuration) throws(ProgramTextError) -> Void

  init(
    name: String, isUsual: @escaping @Sendable (Configuration) -> Bool = { _ in false },
    write: @escaping @Sendable (Configuration) -> String, read: @escaping Read
  ) {
    self.name = name
    self.isUsual = isUsual
    self.write = write
    self.read = read
  }

  /// In the order of the line.
  static let all: [MachineField] = [
    number("granule", \.granule),
    number("minimum-block", \.minimumBlock),
    number("pool-orders", \.poolOrders),
    number("heap-orders", \.heapOrders),
    MachineField(name: "heap", write: { $0.heapRule.word }) {
      value, words, machine throws(ProgramTextError) in
      guard let rule = PlacementRule.allCases.first(where: { $0.word == value }) else {
        throw words.error(.unknownWord(value, wanted: "buddy or first-fit"))
      }
      machine.heapRule = rule
    },
    MachineField(name: "arena", write: { "\(hex($0.arenaStart))+\(hex($0.arenaSize))" }) {
      value, words, machine throws(ProgramTextError) in
      let parts = value.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw words.error(.unknownWord(value, wanted: "start+size"))
      }
      machine.arenaStart = try words.number(String(parts[0]), "the arena's start")
      machine.arenaSize = try words.number(String(parts[1]), "the arena's size")
    },
    MachineField(name: "offset", write: { hex($0.virtualOffset) }) {
      value, words, machine throws(ProgramTextError) in
      // What a program chooses, or that of a machine whose memory is mapped.
      let isMappable = value == hex(Configuration.mappableOffset)
      machine.virtualOffset = try words.number(
        value, "offset", in: 0...(isMappable ? Configuration.mappableOffset : 0xffff_0000))
    },
    number("static-pages", \.staticPages),
    MachineField(name: "initialised", write: { $0.startsInitialised ? "yes" : "no" }) {
      value, words, machine throws(ProgramTextError) in
      guard value == "yes" || value == "no" else {
        throw words.error(.unknownWord(value, wanted: "yes or no"))
      }
      machine.startsInitialised = value == "yes"
    },
    number("held-back", \.heldBack, isUsual: { $0 == 0 }),
    number("mmio-granule", \.mmioGranule, isUsual: { $0 == 4096 }),
    number("missing-metadata", \.missingPoolMetadata, isUsual: { $0 == 0 }),
    number("record-bytes", \.regionRecordBytes, isUsual: { $0 == 0 }),
    number("mmio-records", \.mmioRecords, isUsual: { $0 == 256 }),
    MachineField(
      name: "disguise", isUsual: { $0.disguise == .itself }, write: { $0.disguise.word }
    ) {
      value, words, machine throws(ProgramTextError) in
      guard let disguise = Disguise.allCases.first(where: { $0.word == value }) else {
        let all = Disguise.allCases.map(\.word).joined(separator: ", ")
        throw words.error(.unknownWord(value, wanted: "a disguise (\(all))"))
      }
      machine.disguise = disguise
    },
  ]

  private static func number(
    _ name: String, _ field: WritableKeyPath<Configuration, UInt64> & Sendable,
    isUsual: @escaping @Sendable (UInt64) -> Bool = { _ in false }
  ) -> MachineField {
    MachineField(
      name: name, isUsual: { isUsual($0[keyPath: field]) }, write: { "\($0[keyPath: field])" }
    ) {
      value, words, machine throws(ProgramTextError) in
      machine[keyPath: field] = try words.number(value, name)
    }
  }
}

extension Configuration {
  /// The machine as a line of the program text.
  var text: String {
    let fields = MachineField.all.filter { !$0.isUsual(self) }.map {
      "\($0.name)=\($0.write(self))"
    }
    return "machine " + fields.joined(separator: " ")
  }
}

extension Disguise {
  fileprivate var word: String {
    switch self {
    case .itself: "itself"
    case .firstWordDiffers: "first-word-differs"
    case .secondWordDiffers: "second-word-differs"
    case .thirdWordDiffers: "third-word-differs"
    case .fourthWordDiffers: "fourth-word-differs"
    case .none: "none"
    case .upperBits: "upper-bits"
    case .unmapAnswersZero: "unmap-answers-zero"
    case .guardInfoIsZero: "guard-info-is-zero"
    case .guardInfoFails: "guard-info-fails"
    case .guardGranuleIsBroken: "guard-granule-is-broken"
    case .guardIsNotRequired: "guard-is-not-required"
    }
  }
}
