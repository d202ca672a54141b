import MemorySharing

/// An honest hypervisor, and the device behind it that writes what it likes where it can.
package final class DeviceConduit: HypercallConduit {
  let memory: ByteMemory
  let granule: UInt64
  /// Whether memory is shared before boot instead of granule by granule.
  let isFixed: Bool
  private(set) var violation: String?
  /// For each granule of the arena, whether the device reaches it.
  private var isShared: [Bool]

  init(_ memory: ByteMemory, granule: UInt64, isFixed: Bool) {
    self.memory = memory
    self.granule = granule
    self.isFixed = isFixed
    isShared = Array(repeating: false, count: Int(ByteMemory.arena.size / granule))
  }

  package func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    switch UInt32(exactly: registers.x0).flatMap(HypercallFunction.init) {
    case .vendorUID:
      let words = isFixed ? UUIDWords.gunyah : .genieZone
      return HypercallRegisters(
        UInt64(words.w0), UInt64(words.w1), UInt64(words.w2), UInt64(words.w3))
    case .memInfo: return HypercallRegisters(granule)
    case .memShare: return HypercallRegisters(set(registers.x1, shared: true))
    case .memUnshare: return HypercallRegisters(set(registers.x1, shared: false))
    default: return HypercallRegisters(.max)
    }
  }

  package func abandon(_ granules: AddressRange) { complain("\(granules) were abandoned") }

  private func set(_ address: UInt64, shared: Bool) -> UInt64 {
    let index = Int(truncatingIfNeeded: (address &- ByteMemory.arena.start.rawValue) / granule)
    guard !isFixed, address % granule == 0, isShared.indices.contains(index),
      isShared[index] != shared
    else {
      complain("\(address) cannot be \(shared ? "shared" : "unshared")")
      return UInt64(bitPattern: -3)
    }
    let range = AddressRange(uncheckedStart: address, size: granule)
    if shared, !memory.isFilled(range, with: 0) { complain("\(range) is shared and not zero") }
    isShared[index] = shared
    return 0
  }

  private func complain(_ evidence: String) {
    if violation == nil { violation = evidence }
  }

  // MARK: The device

  /// Runs of memory that the device reaches, ascending.
  var reachable: [AddressRange] {
    if isFixed { return [ByteMemory.fixed] }
    var result: [AddressRange] = []
    for index in isShared.indices where isShared[index] {
      let start = ByteMemory.arena.start.rawValue + UInt64(index) * granule
      if let last = result.last, last.end.rawValue == start {
        result[result.count - 1] = AddressRange(
          uncheckedStart: last.start.rawValue, size: last.size + granule)
      } else {
        result.append(AddressRange(uncheckedStart: start, size: granule))
      }
    }
    return result
  }

  func reaches(_ range: AddressRange) -> Bool { reachable.contains { $0.contains(range) } }

  /// Writes a word again and again over part of what it reaches, a run or all; no byte of the word
  /// is the canary.
  func write(_ word: UInt64, at position: UInt64, count: UInt64) {
    var skip = position
    for run in reachable {
      guard skip < run.size else {
        skip -= run.size
        continue
      }
      let part = AddressRange(
        uncheckedStart: run.start.rawValue + skip, size: min(run.size - skip, count))
      memory.fill(part, withWord: word)
      if count != .max { return }
      skip = 0
    }
  }
}

/// What tells private memory from all other.
enum Canary {
  /// The byte that private memory is filled with, and that nobody writes elsewhere.
  static let byte: UInt8 = 0xc5
}
