import MemorySharing

/// A simulated hypervisor that programs can run on, under a name.
public struct Backend: Equatable, Sendable {
  /// What the command line calls it.
  public let id: String
  /// What it is, in one sentence.
  public let sentence: String
  public let behaviour: MonitorBehaviour
  /// What the guest may expect of it.
  public let generation: HypervisorGeneration
  /// Which backing of the pool it calls for.
  public let sharing: SharingSupport

  /// Its configuration on a machine of these granules, in bytes, and this RAM.
  public func configuration(
    granule: Granule, mmioGranule: UInt64 = 4096, ram: [AddressRange]
  ) -> MonitorConfiguration {
    MonitorConfiguration(
      behaviour: behaviour, granule: granule, ram: ram, mmioGranule: mmioGranule)
  }
}

/// How the hypervisor of a program differs from its backend in what it says of itself.
public enum Disguise: UInt64, CaseIterable, Equatable, Sendable {
  case itself
  // It is the same to its guest.
  /// The words of its UUID lie under garbage.
  case upperBits
  /// A good UNMAP answers 0, where Android 13's answers -1.
  case unmapAnswersZero
  // It answers a UUID that differs from its own in one bit of one word.
  case firstWordDiffers
  case secondWordDiffers
  case thirdWordDiffers
  case fourthWordDiffers
  /// It has no UID call.
  case none
  // It has another MMIO guard; only KVM is told by that.
  /// INFO answers 0.
  case guardInfoIsZero
  /// INFO answers -3.
  case guardInfoFails
  /// INFO answers a page and a half.
  case guardGranuleIsBroken
  /// ENROLL answers -2, and there is no guard; only GenieZone may say that.
  case guardIsNotRequired

  /// Whether only the MMIO guard is another one.
  public var isOfTheGuard: Bool {
    switch self {
    case .unmapAnswersZero, .guardInfoIsZero, .guardInfoFails, .guardGranuleIsBroken,
      .guardIsNotRequired:
      true
    case .itself, .upperBits, .firstWordDiffers, .secondWordDiffers, .thirdWordDiffers,
      .fourthWordDiffers, .none:
      false
    }
  }
}

extension Backend {
  /// The manners of this hypervisor in a disguise.
  public func behaviour(in disguise: Disguise) -> MonitorBehaviour {
    var result = behaviour
    result.uuid = uuid(in: disguise)
    let isKVM = behaviour.uuid == .kvm
    switch disguise {
    case .upperBits: result.hasGarbageAboveWords = true
    case .unmapAnswersZero: result.unmapAnswersZero = true
    case .guardInfoIsZero where isKVM: result.mmioGuardInfo = 0
    case .guardInfoFails where isKVM: result.mmioGuardInfo = UInt64(bitPattern: -3)
    case .guardGranuleIsBroken where behaviour.mmioGuard == .present: result.mmioGuardInfo = 6144
    case .guardIsNotRequired where behaviour.uuid == .genieZone: result.mmioGuard = .notRequired
    default: break
    }
    return result
  }

  /// What the vendor UID call answers in a disguise; nil where it is missing.
  public func uuid(in disguise: Disguise) -> UUIDWords? {
    guard let own = behaviour.uuid else { return nil }
    switch disguise {
    case .itself, .upperBits, .unmapAnswersZero, .guardInfoIsZero, .guardInfoFails,
      .guardGranuleIsBroken, .guardIsNotRequired:
      return own
    case .firstWordDiffers: return UUIDWords(own.w0 ^ 1, own.w1, own.w2, own.w3)
    case .secondWordDiffers: return UUIDWords(own.w0, own.w1 ^ 1 << 31, own.w2, own.w3)
    case .thirdWordDiffers: return UUIDWords(own.w0, own.w1, own.w2 ^ 1 << 16, own.w3)
    case .fourthWordDiffers: return UUIDWords(own.w0, own.w1, own.w2, own.w3 ^ 1)
    case .none: return nil
    }
  }
}

extension Backend {
  /// All of them; a new one is one line here.
  public static var all: [Backend] {
    [.pkvm, .pkvmNewer, .pkvmAndroid13, .gunyah, .genieZone, .kvm, .pkvmLinux]
  }

  public static func named(_ id: String) -> Backend? { all.first { $0.id == id } }

  public static var pkvm: Backend {
    Backend(
      id: "pkvm",
      sentence: "Protected KVM that rounds addresses down and takes one granule a call.",
      behaviour: MonitorBehaviour(uuid: .kvm), generation: .current, sharing: .onDemand)
  }

  public static var pkvmNewer: Backend {
    var behaviour = MonitorBehaviour(uuid: .kvm)
    behaviour.refusesUnaligned = true
    behaviour.sharesSeveral = true
    return Backend(
      id: "pkvm-newer",
      sentence: "Protected KVM that refuses unaligned addresses and takes several granules a call.",
      behaviour: behaviour, generation: .current, sharing: .onDemand)
  }

  public static var pkvmAndroid13: Backend {
    var behaviour = MonitorBehaviour(uuid: .kvm)
    behaviour.answersLikeAndroid13 = true
    return Backend(
      id: "pkvm-android13",
      sentence: "Protected KVM whose MMIO guard answers in 32 bits, and -1 to a good UNMAP.",
      behaviour: behaviour, generation: .android13, sharing: .onDemand)
  }

  /// Linux 7.1 and newer. Source: its `arch/arm64/kvm/hyp/nvhe/pkvm.c`, and what it answered.
  public static var pkvmLinux: Backend {
    var behaviour = MonitorBehaviour(uuid: .kvm)
    behaviour.mmioGuard = .notSupported
    behaviour.refusesUnaligned = true
    behaviour.waitsForMemory = true
    return Backend(
      id: "pkvm-linux",
      sentence: "Protected KVM of upstream Linux, which has no MMIO guard.",
      behaviour: behaviour, generation: .current, sharing: .onDemand)
  }

  public static var gunyah: Backend {
    var behaviour = MonitorBehaviour(uuid: .gunyah)
    behaviour.sharing = .notSupported
    behaviour.mmioGuard = .notSupported
    return Backend(
      id: "gunyah",
      sentence: "Gunyah, where one range was shared before boot and nothing is shared on demand.",
      behaviour: behaviour, generation: .current, sharing: .beforeBoot)
  }

  public static var genieZone: Backend {
    Backend(
      id: "geniezone",
      sentence: "GenieZone, which shares on demand as protected KVM does.",
      behaviour: MonitorBehaviour(uuid: .genieZone), generation: .current, sharing: .onDemand)
  }

  public static var kvm: Backend {
    var behaviour = MonitorBehaviour(uuid: .kvm)
    behaviour.sharing = .notSupported
    behaviour.mmioGuard = .notSupported
    return Backend(
      id: "kvm",
      sentence: "Plain KVM, which protects nothing and has nothing to share.",
      behaviour: behaviour, generation: .current, sharing: .none)
  }
}
