import MemorySharing

/// The state of memory and MMIO, derived from calls and their answers alone.
///
/// A granule whose SHARE answered 0 is shared, one whose SHARE or UNSHARE failed is in doubt, and
/// only an UNSHARE that answered 0 makes it private again.
package final class Ledger {
  /// In what a guest's call may need the hypervisor.
  enum Phase {
    case detecting, initialising, allocating, closing, enrolling, mapping, unmapping, other
  }

  struct Failure: Equatable {
    let function: HypercallFunction
    let address: UInt64
    let answer: Int64
  }

  /// The first thing that was wrong.
  private(set) var violation: String?
  private(set) var phase = Phase.other
  /// The failures during this guest's call so far.
  private(set) var failures: [Failure] = []
  private(set) var calls = 0
  private(set) var unshared: UInt64 = 0
  private(set) var unmapped: UInt64 = 0
  private(set) var returned: UInt64 = 0
  private(set) var lastAnswer: [HypercallFunction: UInt64] = [:]

  /// Bytes; nil until a MEMINFO said so.
  var granule: UInt64?
  var mmioGranule: UInt64?
  private let guise: Guise
  private var regions: [AddressRange] = []
  /// Granules that are not known to be private, ascending, and whether they are in doubt.
  private var reachable: [(address: UInt64, isInDoubt: Bool)] = []
  private(set) var mapped: [UInt64] = []
  private(set) var stuck: [UInt64] = []
  private var abandoned: [UInt64] = []

  init(_ guise: Guise) { self.guise = guise }

  func begin(_ phase: Phase) {
    self.phase = phase
    failures.removeAll(keepingCapacity: true)
    lastAnswer.removeAll(keepingCapacity: true)
    (calls, unshared, unmapped, returned) = (0, 0, 0, 0)
  }

  func complain(_ evidence: String) {
    if violation == nil { violation = evidence }
  }
}

// MARK: - Calls

extension Ledger {
  func note(_ registers: HypercallRegisters, answered x0: UInt64) {
    calls += 1
    guard let function = UInt32(exactly: registers.x0).flatMap(HypercallFunction.init) else {
      return complain("no hypervisor has a function \(registers.x0)")
    }
    guard registers.x2 == 0, registers.x3 == 0 else {
      return complain(
        "\(function) was called with \(registers.x2) and \(registers.x3) in x2 and x3")
    }
    lastAnswer[function] = x0
    let isServed = isSuccess(x0, of: function)
    if !isServed {
      failures.append(
        Failure(function: function, address: registers.x1, answer: answer(x0, of: function)))
    }
    switch function {
    case .memShare, .memUnshare: noteSharing(function, registers.x1, isServed)
    case .mmioGuardMap, .mmioGuardUnmap: noteMapping(function, registers.x1, isServed)
    case .vendorUID, .features, .memInfo, .mmioGuardInfo, .mmioGuardEnroll:
      if registers.x1 != 0 { complain("\(function) was called with \(registers.x1) in x1") }
      let isInPlace =
        switch function {
        case .memInfo: phase == .initialising && guise.support == .onDemand && calls == 1
        case .mmioGuardEnroll: phase == .enrolling
        case .vendorUID, .features: phase == .detecting
        default: phase == .detecting || phase == .enrolling
        }
      if !isInPlace { complain("\(function) was called while \(phase)") }
    }
  }

  private func noteSharing(_ function: HypercallFunction, _ address: UInt64, _ isServed: Bool) {
    guard let granule, phase == .allocating || phase == .closing else {
      return complain("\(function) was called while \(phase)")
    }
    let range = AddressRange(uncheckedStart: address, size: granule)
    guard address % granule == 0, regions.contains(where: { $0.contains(range) }) else {
      return complain("\(function) of \(address), no granule of \(granule) of the sharer's regions")
    }
    let index = index(of: address)
    let isKnown = index < reachable.count && reachable[index].address == address
    if function == .memShare {
      if phase == .closing { complain("\(address) was shared in the teardown") }
      if isKnown, !reachable[index].isInDoubt { complain("\(address) was shared while shared") }
      if isKnown {
        reachable[index].isInDoubt = !isServed
      } else {
        reachable.insert((address, !isServed), at: index)
      }
    } else {
      guard isKnown else { return complain("\(address) was unshared while not shared") }
      if isServed {
        unshared += 1
        reachable.remove(at: index)
      } else {
        reachable[index].isInDoubt = true
      }
    }
  }

  private func noteMapping(_ function: HypercallFunction, _ address: UInt64, _ isServed: Bool) {
    guard let mmioGranule, address % mmioGranule == 0, phase == .mapping || phase == .unmapping
    else { return complain("\(function) of \(address) while \(phase)") }
    let place = mapped.firstIndex(of: address)
    if function == .mmioGuardMap {
      if place != nil || stuck.contains(address) || phase == .unmapping {
        complain("\(address) was mapped while it may be mapped")
      }
      if isServed { mapped.append(address) }
    } else {
      guard let place else { return complain("\(address) was unmapped while not mapped") }
      mapped.remove(at: place)
      if isServed { unmapped += 1 } else { stuck.append(address) }
    }
  }

  /// Whether an answer says that a call was served (spec §5).
  private func isSuccess(_ x0: UInt64, of function: HypercallFunction) -> Bool {
    switch function {
    case .memShare, .memUnshare, .mmioGuardEnroll: x0 == 0
    case .mmioGuardMap: answer(x0, of: function) == 0
    case .mmioGuardUnmap:
      answer(x0, of: function) == 0 || guise == .android13 && answer(x0, of: function) == -1
    case .memInfo, .mmioGuardInfo: x0 <= UInt64.max >> 1
    case .vendorUID, .features: true
    }
  }

  /// The answer as an error carries it.
  private func answer(_ x0: UInt64, of function: HypercallFunction) -> Int64 {
    let isNarrow =
      guise == .android13 && (function == .mmioGuardMap || function == .mmioGuardUnmap)
    return isNarrow ? Int64(Int32(truncatingIfNeeded: x0)) : Int64(bitPattern: x0)
  }
}

// MARK: - Regions and buffers

extension Ledger {
  func note(_ event: TestHeap<NoMemory>.Event) {
    switch event {
    case .took(let region): regions.append(region)
    case .gaveBack(let region):
      returned += 1
      guard let place = regions.firstIndex(of: region) else {
        return complain("\(region) went back to the heap, which had not given it")
      }
      regions.remove(at: place)
      if let granule = reachable.first(where: { region.contains(PhysicalAddress($0.address)) }) {
        complain("\(region) went back to the heap while the host may reach \(granule.address)")
      }
    }
  }

  func note(abandoned granules: AddressRange) { abandoned.append(granules.start.rawValue) }

  /// What is wrong with memory that was handed out.
  func evidence(handedOut buffer: AddressRange) -> String? {
    // Regions may meet, and a block then span them.
    var end = buffer.start
    while end < buffer.end {
      guard let region = regions.first(where: { $0.contains(end) }) else {
        return "\(end) lies in no region of the sharer"
      }
      end = region.end
    }
    guard guise.support == .onDemand, let granule else { return nil }
    var address = buffer.start.rawValue / granule * granule
    while address < buffer.end.rawValue {
      let index = index(of: address)
      guard index < reachable.count, reachable[index].address == address,
        !reachable[index].isInDoubt
      else { return "no SHARE of \(address) answered 0" }
      address += granule
    }
    return nil
  }

  /// How many granules the host may reach.
  var reachableCount: UInt64 { UInt64(reachable.count) }

  /// What is wrong after a drop: a granule may be reached, and nobody was told.
  var evidenceOfDrop: String? {
    reachable.first { !abandoned.contains($0.address) }
      .map { "the host may reach \($0.address), and it was not abandoned" }
  }

  /// Where a granule stands, or would.
  private func index(of address: UInt64) -> Int {
    var (low, high) = (0, reachable.count)
    while low < high {
      let middle = (low + high) / 2
      if reachable[middle].address < address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Memory whose bytes nobody looks at.
package struct NoMemory: GuestMemory {
  package func zero(_ range: AddressRange) {}
  package func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {}
  package func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue)
  }
  package func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue)
  }
}
