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

/// What the store should hold: all writes, and how many of them a snapshot sees.
struct SnapshotModel: Sendable {
  var writes: [(key: UInt64, value: UInt64)] = []
  var seen = Slots<Int>()

  func value(of key: UInt64, among count: Int) -> UInt64? {
    writes.prefix(count).last { $0.key == key }?.value
  }
}

/// The store, and the snapshots that were taken of it.
struct SnapshotSystem: Sendable {
  var store = SnapshotStore()
  var taken = Slots<SnapshotStore.Snapshot>()
}

extension SnapshotStore {
  static let machine = StateMachine(model: { SnapshotModel() }, system: { SnapshotSystem() }) {
    machine in
    let snapshots = SlotSpace()
    let number = Generator<UInt64>.uniform(in: 0...9)

    machine.command(
      "put", number, number,
      run: { system, key, value in system.store.put(key, value) },
      update: { model, key, value, _ in model.writes.append((key, value)) })
    machine.command(
      "snapshot", snapshots.defines,
      run: { system, slot in system.taken[slot] = system.store.snapshot() },
      update: { model, slot, _ in model.seen[slot] = model.writes.count })
    machine.command("compact", run: { $0.store.compact() })
    machine.command(
      "read", snapshots.uses, number,
      require: { model, slot, _ in model.seen[slot] != nil },
      run: { system, slot, key in system.taken[slot].flatMap { system.store.read($0, key) } },
      ensure: { step, slot, key in
        let value = step.before.value(of: key, among: step.before.seen[slot] ?? 0)
        return step.answer == value ? nil : "\(slot) saw \(text(value))"
      })
    machine.command(
      "get", number, run: { system, key in system.store.get(key) },
      ensure: { step, key in
        let value = step.before.value(of: key, among: step.before.writes.count)
        return step.answer == value ? nil : "the store holds \(text(value))"
      })
    machine.command(
      "release", snapshots.ends,
      require: { model, slot in model.seen[slot] != nil },
      run: { system, slot in
        if let snapshot = system.taken[slot] { system.store.release(snapshot) }
        system.taken[slot] = nil
      },
      update: { model, slot, _ in model.seen[slot] = nil })
  }

  private static func text(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "nothing" }
}

extension Challenge {
  /// A snapshot sees the store as it was, until it is released.
  static let snapshotStore = Challenge(
    "snapshot store",
    minima: ["put(0, 0); a = snapshot(); put(0, 0); b = snapshot(); compact(); read(a, 0)"],
    published: "241.6 Exhaust", SnapshotStore.machine)
}
