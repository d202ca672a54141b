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

/// Who a hypervisor says that it is.
public enum Identity: UInt64, CaseIterable, Equatable, Sendable {
  /// It answers its own UUID.
  case itself
  // It answers a UUID that differs from its own in one bit of one word.
  case firstWordDiffers
  case secondWordDiffers
  case thirdWordDiffers
  case fourthWordDiffers
  /// It has no UID call.
  case none
}

extension Backend {
  /// What the vendor UID call answers; nil where it is missing.
  public func uuid(saying identity: Identity) -> UUIDWords? {
    guard let own = behaviour.uuid else { return nil }
    switch identity {
    case .itself: return own
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
    [.pkvm, .pkvmNewer, .pkvmAndroid13, .gunyah, .genieZone, .kvm]
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
