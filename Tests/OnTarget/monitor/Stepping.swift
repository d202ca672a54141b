/// A host that stores between any two instructions of the guest: the guest's CPU steps, and comes
/// back to the monitor after each instruction. What a driver fetches twice is another value then.
///
/// Source: Arm ARM, D2.11 (software step). Debug exceptions of EL1 go to EL2 while this is on.
struct Stepper {
  private var address: UInt64 = 0
  private var values: UInt64 = 0
  private var state: UInt64 = 0
  /// Instructions since the last start.
  private(set) var steps: UInt64 = 0

  var isOn: Bool { address != 0 }

  /// - Parameters:
  ///   - address: of a word of 32 bits; 0 ends it.
  ///   - values: two words, one of which is stored at each step.
  mutating func aim(at address: UInt64, values: UInt64, seed: UInt64) {
    if address != 0 { steps = 0 }
    (self.address, self.values, state) = (address, values, seed | 1)
    step_guest(address != 0 ? 1 : 0)
  }

  /// The store after this instruction.
  mutating func next() -> (address: UInt64, value: UInt32) {
    steps += 1
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    let isSecond = state >> 40 & 1 == 1
    return (address, UInt32(truncatingIfNeeded: isSecond ? values >> 32 : values))
  }
}

extension Monitor {
  /// The host's move after an instruction of the guest.
  mutating func step() {
    let store = stepper.next()
    let page = store.address & ~(pageBytes - 1)
    if ownership.reachesAll(page..<page + pageBytes) { w32(store.address, store.value) }
  }
}
