import MemorySharing
import PropertyTesting

/// Which hypervisor is under the guest, and how its calls answer as long as nobody meddles.
package enum Guise: CaseIterable, Sendable {
  case protectedKVM, android13, genieZone, gunyah, plainKVM, unguardedKVM

  var generation: HypervisorGeneration { self == .android13 ? .android13 : .current }

  var uuid: UUIDWords {
    switch self {
    case .protectedKVM, .android13, .plainKVM, .unguardedKVM: .kvm
    case .genieZone: .genieZone
    case .gunyah: .gunyah
    }
  }

  var support: SharingSupport {
    switch self {
    case .protectedKVM, .android13, .genieZone, .unguardedKVM: .onDemand
    case .gunyah: .beforeBoot
    case .plainKVM: .none
    }
  }

  var isGuarded: Bool { support == .onDemand && self != .unguardedKVM }
}

/// Answers calls as the input says, and shows every call to a ledger.
package final class ScriptedConduit: HypercallConduit {
  /// The functions whose answers can be set, in this order.
  static let functions: [HypercallFunction] = [
    .memShare, .memUnshare, .memInfo, .mmioGuardInfo, .mmioGuardEnroll, .mmioGuardMap,
    .mmioGuardUnmap, .features,
  ]

  let ledger: Ledger
  private let guise: Guise
  private let granule: UInt64
  private var uuid: UUIDWords
  /// What stands above the words of the UUID.
  private var garbage: UInt64 = 0
  /// What one call answers, by the number of calls before it.
  private var once: (skip: Int, x0: UInt64)?
  /// What every call of a function answers.
  private var always: [UInt64?] = Array(repeating: nil, count: functions.count)

  init(_ guise: Guise, granule: UInt64, ledger: Ledger) {
    self.guise = guise
    self.granule = granule
    uuid = guise.uuid
    self.ledger = ledger
  }

  func answerOnce(_ x0: UInt64, after skip: Int) { once = (skip, x0) }

  func answerAlways(_ x0: UInt64?, to function: Int) { always[function] = x0 }

  func answerDetection(_ uuid: UUIDWords, garbage: UInt64, info: UInt64, features: UInt64) {
    self.uuid = uuid
    self.garbage = garbage << 32
    for (index, function) in Self.functions.enumerated() {
      if function == .mmioGuardInfo { always[index] = info }
      if function == .features { always[index] = features }
    }
  }

  package func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    let answer = answer(registers)
    ledger.note(registers, answered: answer.x0)
    return answer
  }

  package func abandon(_ granules: AddressRange) { ledger.note(abandoned: granules) }

  private func answer(_ registers: HypercallRegisters) -> HypercallRegisters {
    let function = UInt32(exactly: registers.x0).flatMap(HypercallFunction.init)
    if let chosen = script(function) {
      // What is not answered is garbage.
      return HypercallRegisters(chosen, ~chosen, chosen, ~chosen)
    }
    switch function {
    case .vendorUID:
      return HypercallRegisters(
        garbage | UInt64(uuid.w0), garbage | UInt64(uuid.w1), garbage | UInt64(uuid.w2),
        garbage | UInt64(uuid.w3))
    case .memInfo: return HypercallRegisters(granule)
    case .mmioGuardInfo: return HypercallRegisters(guise.isGuarded ? 4096 : .max)
    case .features: return HypercallRegisters(guise == .unguardedKVM ? 0x1D : 0x3)
    case .memShare, .memUnshare, .mmioGuardEnroll, .mmioGuardMap, .mmioGuardUnmap:
      return HypercallRegisters(0)
    case nil: return HypercallRegisters(.max)
    }
  }

  private func script(_ function: HypercallFunction?) -> UInt64? {
    if let (skip, x0) = once {
      once = skip == 0 ? nil : (skip - 1, x0)
      if skip == 0 { return x0 }
    }
    guard let function, let index = Self.functions.firstIndex(of: function) else { return nil }
    return always[index]
  }
}

extension Generator where Value == UInt64 {
  /// What x0 may answer: the edges of every decoding, and anything.
  static var x0: Generator {
    .frequency(
      (3, .element(of: [UInt64(bitPattern: -3), 0])),
      (
        6,
        .element(of: [
          1, 3, 4096, 65536, 1 << 62, 1 << 63, .max >> 1, .max, .max - 1, .max - 3, 0xffff_ffff,
          0x1_0000_0000, 0xdead_beef_0000_0000, 0xdead_beef_0000_0001, 0xdead_beef_ffff_ffff,
        ])
      ), (1, .integer))
  }

  /// What FEATURES may answer: some of KVM's bits, and anything.
  static var features: Generator {
    .frequency(
      (
        3,
        .element(of: [
          0x3, 0x1D, 0x1FD, 0x1, 0x9, 0x1C, 0x3D, 0xFFFF_FFFF, 0xDEAD_BEEF_0000_001D,
        ])
      ), (1, .x0))
  }
}
