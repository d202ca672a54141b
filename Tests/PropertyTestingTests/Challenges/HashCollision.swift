import PropertyTesting

/// A map that finds its keys by their hash alone.
struct CollidingMap: Sendable {
  let modulus: UInt64
  private var entries: [(key: UInt64, value: UInt64)] = []

  init(modulus: UInt64) { self.modulus = modulus }

  func get(_ key: UInt64) -> UInt64? {
    entries.first { $0.key % modulus == key % modulus }?.value
  }

  mutating func put(_ key: UInt64, _ value: UInt64) {
    if let entry = entries.firstIndex(where: { $0.key % modulus == key % modulus }) {
      entries[entry].value = value
    } else {
      entries.append((key, value))
    }
  }

  static func machine(modulus: UInt64) -> StateMachine<[UInt64: UInt64], CollidingMap> {
    StateMachine(model: { [:] }, system: { CollidingMap(modulus: modulus) }) { machine in
      machine.command(
        "put", Generator<UInt64>.uniform(in: 0...10 * modulus - 1),
        Generator<UInt64>.uniform(in: 0...9),
        run: { map, key, value in map.put(key, value) },
        update: { model, key, value, _ in model[key] = value })
      machine.invariant("every key has its value") { model, map in
        model.keys.sorted().first { map.get($0) != model[$0] }.map { "key \($0) has not" }
      }
    }
  }
}

extension Challenge {
  /// Putting a key leaves the values of all other keys as they are; a map compares by hash alone.
  static func hashCollision(modulus: UInt64) -> Challenge {
    Challenge(
      "hash collision \(modulus)", minima: ["put(0, 0); put(\(modulus), 1)"],
      published: modulus == 10 ? "220.8 Exhaust" : modulus == 100 ? "298.1 Hegel" : "348.1 Hegel",
      CollidingMap.machine(modulus: modulus))
  }
}
