import PropertyTesting

/// A store of versions with snapshots, whose compaction forgets what old snapshots still see.
struct SnapshotStore {
  private var versions: [UInt64: [(time: Int, value: UInt64)]] = [:]
  private var live: [Int: Int] = [:]
  private var clock = 0
  private var snapshots = 0

  struct Snapshot {
    let id: Int
    let time: Int
  }

  mutating func put(_ key: UInt64, _ value: UInt64) {
    clock += 1
    versions[key, default: []].append((clock, value))
  }

  func get(_ key: UInt64) -> UInt64? { versions[key]?.last?.value }

  mutating func snapshot() -> Snapshot {
    defer { snapshots += 1 }
    live[snapshots] = clock
    return Snapshot(id: snapshots, time: clock)
  }

  func read(_ snapshot: Snapshot, _ key: UInt64) -> UInt64? {
    versions[key]?.last { $0.time <= snapshot.time }?.value
  }

  mutating func release(_ snapshot: Snapshot) { live[snapshot.id] = nil }

  mutating func compact() {
    // Wrong: it must be the oldest of them.
    let horizon = live.values.max() ?? clock
    for (key, all) in versions {
      guard let floor = all.lastIndex(where: { $0.time <= horizon }) else { continue }
      versions[key] = Array(all[floor...])
    }
  }
}

/// Programs over the store. Snapshots are named by slots, as all that commands create.
private struct SnapshotMachine {
  static let commandNames = ["put", "snapshot", "compact", "read", "get", "release"]
  static let slots: UInt64 = 8

  var store = SnapshotStore()
  var writes: [(key: UInt64, value: UInt64)] = []
  var held = [(snapshot: SnapshotStore.Snapshot, writes: Int)?](
    repeating: nil, count: Int(slots))

  static func property() -> Property<Falsified> {
    Property(maximumLength: 50) { choices in
      choices.record(bytes: 1) { _ in }
      var machine = SnapshotMachine()
      while choices.hasMoreRecords() {
        let holds = choices.record(bytes: 8) { machine.step(&$0) }
        if !holds { return Falsified() }
      }
      return nil
    }
  }

  private func latest(_ key: UInt64, among count: Int) -> UInt64? {
    writes.prefix(count).last { $0.key == key }?.value
  }

  private mutating func step(_ choices: inout Choices) -> Bool {
    func number() -> UInt64 { choices.integer(below: 10) }
    func slot(_ role: Role) -> Int {
      Int(choices.integer(below: Self.slots, role: role))
    }
    switch choices.integer(below: UInt64(Self.commandNames.count), role: .shape) {
    case 0:
      let (key, value) = (number(), number())
      writes.append((key, value))
      store.put(key, value)
    case 1: held[slot(.defines(0))] = (store.snapshot(), writes.count)
    case 2: store.compact()
    case 3:
      let taken = held[slot(.uses(0))]
      let key = number()
      guard let taken else { return true }
      return store.read(taken.snapshot, key) == latest(key, among: taken.writes)
    case 4:
      let key = number()
      return store.get(key) == latest(key, among: writes.count)
    default:
      let slot = slot(.ends(0))
      if let taken = held[slot] { store.release(taken.snapshot) }
      held[slot] = nil
    }
    return true
  }

  static func text(_ testCase: TestCase) -> String {
    let steps = testCase.commands.map { record in
      let values = testCase.records[record].choices.map(\.value)
      switch values[0] {
      case 0: return "put(\(values[1]), \(values[2]))"
      case 1: return "s\(values[1]) = snapshot()"
      case 2: return "compact()"
      case 3: return "read(s\(values[1]), \(values[2]))"
      case 4: return "get(\(values[1]))"
      default: return "release(s\(values[1]))"
      }
    }
    return "[\(steps.joined(separator: ", "))]"
  }
}

extension Challenge {
  /// A snapshot sees the store as it was, until it is released.
  static let snapshotStore = Challenge(
    "snapshot store",
    minima: ["[put(0, 0), s0 = snapshot(), put(0, 0), s1 = snapshot(), compact(), read(s0, 0)]"],
    published: "241.6 Exhaust", restarts: 0,
    property: SnapshotMachine.property, text: SnapshotMachine.text)
}
