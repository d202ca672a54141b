import SharingModel

/// One field of the machine's line, as it is written and read.
struct MachineField: Sendable {
  let name: String
  let write: @Sendable (Configuration) -> String
  let read: Read

  typealias Read =
    @Sendable (String, WordReader, inout Configuration) throws(ProgramTextError) -> Void

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
      machine.virtualOffset = try words.number(value, "offset", in: 0...0xffff_0000)
    },
    number("static-pages", \.staticPages),
    MachineField(name: "initialised", write: { $0.startsInitialised ? "yes" : "no" }) {
      value, words, machine throws(ProgramTextError) in
      guard value == "yes" || value == "no" else {
        throw words.error(.unknownWord(value, wanted: "yes or no"))
      }
      machine.startsInitialised = value == "yes"
    },
  ]

  private static func number(
    _ name: String, _ field: WritableKeyPath<Configuration, UInt64> & Sendable
  ) -> MachineField {
    MachineField(name: name, write: { "\($0[keyPath: field])" }) {
      value, words, machine throws(ProgramTextError) in
      machine[keyPath: field] = try words.number(value, name)
    }
  }
}

extension Configuration {
  /// The machine as a line of the program text.
  var text: String {
    let fields = MachineField.all.map { "\($0.name)=\($0.write(self))" }
    return "machine " + fields.joined(separator: " ")
  }
}
