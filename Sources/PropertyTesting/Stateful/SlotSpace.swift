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
