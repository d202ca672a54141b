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

  /// Its configuration on a machine of this granule and RAM.
  public func configuration(granule: Granule, ram: [AddressRange]) -> MonitorConfiguration {
    MonitorConfiguration(behaviour: behaviour, granule: granule, ram: ram)
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
