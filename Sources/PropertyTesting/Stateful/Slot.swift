/// The name of something that a command creates and later ones use and end: `a`, `b`, `c`, …
///
/// Commands name slots and never things: what a later command means cannot change when an earlier
/// one is deleted, and the shrinker can tell a creation from its uses and its end.
public struct Slot: Sendable {
  /// Its number in its space.
  public let number: Int
  /// Which space of slots it belongs to.
  public let space: UInt8
  /// Whether the command that names it puts something new there.
  let isDefined: Bool
}

extension Slot: Hashable {
  public static func == (left: Slot, right: Slot) -> Bool {
    left.number == right.number && left.space == right.space
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(number)
    hasher.combine(space)
  }
}

extension Slot: CustomStringConvertible {
  /// Small letters in the first space, capital ones in the second; primes tell further spaces.
  public var description: String {
    let first: UInt32 = space % 2 == 0 ? 0x61 : 0x41
    let letter = Unicode.Scalar(first + UInt32(number % 26)).map(String.init) ?? "?"
    let round = number < 26 ? "" : "\(number / 26)"
    return letter + round + String(repeating: "'", count: Int(space / 2))
  }
}

/// The slots of one kind of thing, and the generators that name them.
public struct SlotSpace: Sendable {
  /// Which space it is; different kinds of things live in different spaces.
  public let number: UInt8
  /// How many slots it has: at most so many things are within reach at a time.
  public let count: Int

  /// Makes a space.
  public init(_ number: UInt8 = 0, slots count: Int = 8) {
    precondition(count > 0, "a space has a slot")
    self.number = number
    self.count = count
  }

  /// A slot that the command fills with something new; what it held is out of reach from then on.
  public var defines: Generator<Slot> { slot(.defines(number)) }
  /// A slot whose thing the command uses.
  public var uses: Generator<Slot> { slot(.uses(number)) }
  /// A slot whose thing the command ends.
  public var ends: Generator<Slot> { slot(.ends(number)) }

  private func slot(_ role: Role) -> Generator<Slot> {
    Generator { [number, count] choices in
      let slot = choices.integer(below: UInt64(count), role: role)
      return Slot(number: Int(slot), space: number, isDefined: role == .defines(number))
    }
  }
}

/// What the slots of one space hold, for a model or for the system's side of the machine.
public struct Slots<Held> {
  private var held: [Held?] = []

  /// All empty.
  public init() {}

  /// What a slot holds.
  public subscript(slot: Slot) -> Held? {
    get { slot.number < held.count ? held[slot.number] : nil }
    set {
      while held.count <= slot.number { held.append(nil) }
      held[slot.number] = newValue
    }
  }

  /// All that is held, in the order of the slots.
  public var all: [Held] { held.compactMap(\.self) }
}

extension Slots: Sendable where Held: Sendable {}
extension Slots: Equatable where Held: Equatable {
  public static func == (left: Slots, right: Slots) -> Bool {
    (0..<max(left.held.count, right.held.count)).allSatisfy { number in
      let slot = Slot(number: number, space: 0, isDefined: false)
      return left[slot] == right[slot]
    }
  }
}
