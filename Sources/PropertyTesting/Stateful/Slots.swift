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
