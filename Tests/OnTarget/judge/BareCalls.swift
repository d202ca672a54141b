import MemorySharing
import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Random hypercalls that no core would make: unaligned, of what is no RAM or another's, several at
/// once, of functions that nobody has.
struct BareCalls {
  /// One call, or an act of the host before the next.
  enum Act {
    case call(HypercallRegisters, FaultMode?)
    case pin(PhysicalAddress)
    case unpinAll
    case standingFault(FaultMode?)

    /// Whether nothing is done to the hypervisor from outside.
    var isOfTheGuest: Bool {
      if case .call = self { true } else { false }
    }
  }

  private let configuration: Configuration
  private var numbers: RandomNumbers

  init(on configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    numbers = RandomNumbers(seed: seed)
  }

  mutating func next() -> Act {
    switch numbers.next(below: 48) {
    case 0, 1: return .pin(PhysicalAddress(granule()))
    case 2, 3: return .unpinAll
    case 4: return .standingFault(fault())
    case 5...10: return .standingFault(nil)
    default: break
    }
    var registers = HypercallRegisters(UInt64(function()), 0)
    switch HypercallFunction(rawValue: UInt32(registers.x0)) {
    case .memShare, .memUnshare:
      registers.x1 = address()
      if numbers.chance(1, outOf: 4) { registers.x2 = count() }
    case .mmioGuardMap, .mmioGuardUnmap:
      registers.x1 = Configuration().deviceMemory.start.rawValue + numbers.next(below: 6) * 4096
      if numbers.chance(1, outOf: 8) { registers.x1 += 1 + numbers.next(below: 4095) }
    default:
      if numbers.chance(1, outOf: 8) { registers.x1 = numbers.next(below: 3) }
    }
    if numbers.chance(1, outOf: 16) { registers.x3 = numbers.next(below: 3) }
    if numbers.chance(1, outOf: 16) { registers.x0 |= 0xABCD << 32 }
    return .call(registers, numbers.chance(1, outOf: 12) ? fault() : nil)
  }

  private mutating func function() -> UInt32 {
    let common: [HypercallFunction] = [.memShare, .memUnshare, .memShare, .memUnshare]
    let all: [HypercallFunction] = [
      .vendorUID, .features, .memInfo, .mmioGuardInfo, .mmioGuardEnroll, .mmioGuardMap,
      .mmioGuardUnmap, .mmioGuardMap, .mmioGuardUnmap,
    ]
    switch numbers.next(below: 16) {
    case 0: return 0xC600_0009 + UInt32(numbers.next(below: 7))
    case 1...6: return all[Int(numbers.next(below: UInt64(all.count)))].rawValue
    default: return common[Int(numbers.next(below: UInt64(common.count)))].rawValue
    }
  }

  /// The address of a granule of the arena.
  private mutating func granule() -> UInt64 {
    let granules = max(1, configuration.arenaSize / configuration.granule)
    return configuration.arenaStart + numbers.next(below: granules) * configuration.granule
  }

  private mutating func address() -> UInt64 {
    switch numbers.next(below: 12) {
    case 0: return granule() + 1 + numbers.next(below: configuration.granule - 1)
    case 1: return configuration.arena.end.rawValue - numbers.next(below: 2)
    case 2: return configuration.arenaStart - configuration.granule
    case 3: return configuration.staticRange.start.rawValue
    case 4:
      return [0, 1 << 60, .max, .max - 4095, Configuration().deviceMemory.start.rawValue][
        Int(numbers.next(below: 5))]
    default: return granule()
    }
  }

  private mutating func count() -> UInt64 {
    switch numbers.next(below: 6) {
    case 0: .max
    case 1: 512 + numbers.next(below: 2)
    default: numbers.next(below: 5)
    }
  }

  private mutating func fault() -> FaultMode {
    switch numbers.next(below: 3) {
    case 0: .fails
    case 1: .failsButTakesEffect
    default: .answersGarbage(1 + numbers.next(below: 1 << 40))
    }
  }
}
