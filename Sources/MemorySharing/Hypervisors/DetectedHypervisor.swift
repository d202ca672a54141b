/// How a hypervisor lets a guest share memory; it decides the backing of the pool (spec §4).
public enum SharingSupport: Equatable, Sendable {
  /// Granule by granule, by hypercall: a dynamic pool.
  case onDemand
  /// One range, shared by the host before the guest started: a static pool.
  case beforeBoot
  /// Nothing to share: a pool in heap mode.
  case none
}

/// The hypervisor under this guest, as its vendor UUID and, of KVM, its guard and features tell it.
///
/// AOSP: `hyp::get_hypervisor`. Differs: what it does not know is an error with the UUID in it.
public enum DetectedHypervisor<Conduit: HypercallConduit> {
  case protectedKVM(ProtectedKVM<Conduit>)
  case gunyah(Gunyah<Conduit>)
  case genieZone(GenieZone<Conduit>)
  case unguardedKVM(UnguardedKVM<Conduit>)
  case plainKVM(PlainKVM<Conduit>)

  /// Asks for the UUID and, since all kinds of KVM have the same one, for the MMIO guard, and where
  /// there is none, for the features.
  ///
  /// A KVM that answers MMIO_GUARD_INFO with a positive number protects; of one that answers -1,
  /// `KVMFeatures` say whether it shares. Any other answer, 0 too, says nothing.
  ///
  /// - Throws: `unknownHypervisor` (an absent UUID reads -1 in w0), `hypercallFailed`.
  @inlinable
  public static func detect(
    through conduit: Conduit, generation: HypervisorGeneration = .current
  ) throws(ShareError) -> Self {
    let answer = conduit.call(HypercallRegisters(calling: .vendorUID))
    let words = UUIDWords(answered: answer)
    if words == .gunyah { return .gunyah(Gunyah(conduit: conduit)) }
    if words == .genieZone { return .genieZone(GenieZone(conduit: conduit)) }
    guard words == .kvm else { throw .unknownHypervisor(words) }

    let info = Int64(bitPattern: conduit.x0(of: .mmioGuardInfo))
    if info > 0 { return .protectedKVM(ProtectedKVM(conduit: conduit, generation: generation)) }
    guard info == HypercallAnswer.notSupported else {
      throw .hypercallFailed(
        function: HypercallFunction.mmioGuardInfo.rawValue, address: 0, answer: info)
    }
    let features = conduit.x0(of: .features)
    switch KVMFeatures(answered: features).sharesUnguarded {
    case true: return .unguardedKVM(UnguardedKVM(conduit: conduit))
    case false: return .plainKVM(PlainKVM(conduit: conduit))
    case nil:
      throw .hypercallFailed(
        function: HypercallFunction.features.rawValue, address: 0,
        answer: Int64(bitPattern: features))
    }
  }

  /// Which backing this hypervisor calls for.
  @inlinable
  public var sharingSupport: SharingSupport {
    switch self {
    case .protectedKVM, .unguardedKVM, .genieZone: .onDemand
    case .gunyah: .beforeBoot
    case .plainKVM: .none
    }
  }
}

extension DetectedHypervisor: MemorySharingHypervisor {
  @inlinable
  public func granule() throws(ShareError) -> Granule {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.granule()
    case .gunyah(let hypervisor): try hypervisor.granule()
    case .genieZone(let hypervisor): try hypervisor.granule()
    case .unguardedKVM(let hypervisor): try hypervisor.granule()
    case .plainKVM(let hypervisor): try hypervisor.granule()
    }
  }

  @inlinable
  public func share(_ granule: PhysicalAddress) throws(ShareError) {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.share(granule)
    case .gunyah(let hypervisor): try hypervisor.share(granule)
    case .genieZone(let hypervisor): try hypervisor.share(granule)
    case .unguardedKVM(let hypervisor): try hypervisor.share(granule)
    case .plainKVM(let hypervisor): try hypervisor.share(granule)
    }
  }

  @inlinable
  public func unshare(_ granule: PhysicalAddress) throws(ShareError) {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.unshare(granule)
    case .gunyah(let hypervisor): try hypervisor.unshare(granule)
    case .genieZone(let hypervisor): try hypervisor.unshare(granule)
    case .unguardedKVM(let hypervisor): try hypervisor.unshare(granule)
    case .plainKVM(let hypervisor): try hypervisor.unshare(granule)
    }
  }

  @inlinable
  public func abandon(_ granules: AddressRange) {
    switch self {
    case .protectedKVM(let hypervisor): hypervisor.abandon(granules)
    case .gunyah(let hypervisor): hypervisor.abandon(granules)
    case .genieZone(let hypervisor): hypervisor.abandon(granules)
    case .unguardedKVM(let hypervisor): hypervisor.abandon(granules)
    case .plainKVM(let hypervisor): hypervisor.abandon(granules)
    }
  }
}

/// Gunyah, unguarded and plain KVM have no MMIO guard: `mmioGuardUnsupported`, and no call is made.
extension DetectedHypervisor: MMIOGuardHypervisor {
  @inlinable
  public func enroll() throws(ShareError) {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.enroll()
    case .genieZone(let hypervisor): try hypervisor.enroll()
    case .gunyah, .unguardedKVM, .plainKVM: throw .mmioGuardUnsupported
    }
  }

  @inlinable
  public func mmioGranule() throws(ShareError) -> UInt64 {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.mmioGranule()
    case .genieZone(let hypervisor): try hypervisor.mmioGranule()
    case .gunyah, .unguardedKVM, .plainKVM: throw .mmioGuardUnsupported
    }
  }

  @inlinable
  public func map(_ granule: PhysicalAddress) throws(ShareError) {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.map(granule)
    case .genieZone(let hypervisor): try hypervisor.map(granule)
    case .gunyah, .unguardedKVM, .plainKVM: throw .mmioGuardUnsupported
    }
  }

  @inlinable
  public func unmap(_ granule: PhysicalAddress) throws(ShareError) {
    switch self {
    case .protectedKVM(let hypervisor): try hypervisor.unmap(granule)
    case .genieZone(let hypervisor): try hypervisor.unmap(granule)
    case .gunyah, .unguardedKVM, .plainKVM: throw .mmioGuardUnsupported
    }
  }
}
