import FuzzHarnesses
import MemorySharing

/// A detected hypervisor whose client does one thing wrong.
struct SabotagedHypervisor: SupportingHypervisor {
  enum Sabotage: CaseIterable {
    case positiveIsSuccess, sharesWithACount, sharesTwice, sharesOffTheGranule
    case neverUnshares, ignoresTheUnshareAnswer, misreportsAnswers, knowsTheGranule
    case protectsWithoutInfo, neverUnmaps, mapsTwice, ignoresTheMapAnswer, abandonsNothing
    case ignoresTheEnrolAnswer, believesEveryInfo, unmapsTwice, doubtsEveryUnmap
    case asksTheGranuleTwice, asksTheGranuleOfAnAddress, callsAnUnknownFunction
    case unsharesTwice, sharesToUnshare

    /// Part of what the machine must say of it.
    var evidence: String {
      switch self {
      case .positiveIsSuccess: "answered 0"
      case .sharesWithACount: "in x2 and x3"
      case .sharesTwice: "shared while shared"
      case .sharesOffTheGranule: "no granule of"
      case .neverUnshares, .ignoresTheUnshareAnswer: "while the host may reach"
      case .misreportsAnswers: "it should be hypercall failed"
      case .knowsTheGranule: "no granule of"
      case .protectsWithoutInfo: "answered 0, not onDemand"
      case .neverUnmaps: "than before"
      case .mapsTwice: "was mapped while it may be mapped"
      case .ignoresTheMapAnswer: "is not mapped"
      case .abandonsNothing: "was not abandoned"
      case .ignoresTheEnrolAnswer: "it should be hypercall failed: 0xc6000006"
      case .believesEveryInfo: "it should be MMIO granule"
      case .unmapsTwice: "was unmapped while not mapped"
      case .doubtsEveryUnmap: "are stuck"
      case .asksTheGranuleTwice: "memInfo was called while initialising"
      case .asksTheGranuleOfAnAddress: "memInfo was called with 4096 in x1"
      case .callsAnUnknownFunction: "no hypervisor has a function"
      case .unsharesTwice: "was unshared while not shared"
      case .sharesToUnshare: "was shared in the teardown"
      }
    }
  }

  let base: DetectedHypervisor<ScriptedConduit>
  let conduit: ScriptedConduit
  let sabotage: Sabotage

  static func detect(
    _ conduit: ScriptedConduit, _ generation: HypervisorGeneration, _ sabotage: Sabotage
  ) throws(ShareError) -> Self {
    do throws(ShareError) {
      let base = try DetectedHypervisor.detect(through: conduit, generation: generation)
      return Self(base: base, conduit: conduit, sabotage: sabotage)
    } catch {
      guard sabotage == .protectsWithoutInfo, case .hypercallFailed(_, _, 0) = error else {
        throw error
      }
      return Self(
        base: .protectedKVM(ProtectedKVM(conduit: conduit)), conduit: conduit, sabotage: sabotage)
    }
  }

  var sharingSupport: SharingSupport { base.sharingSupport }

  func granule() throws(ShareError) -> Granule {
    if sabotage == .asksTheGranuleTwice { _ = call(.memInfo, 0) }
    if sabotage == .asksTheGranuleOfAnAddress { _ = call(.memInfo, 4096) }
    let granule = try base.granule()
    return sabotage == .knowsTheGranule ? try Granule(bytes: 4096) : granule
  }

  func share(_ granule: PhysicalAddress) throws(ShareError) {
    switch sabotage {
    case .positiveIsSuccess:
      let answer = Int64(bitPattern: call(.memShare, granule.rawValue))
      if answer < 0 {
        throw .hypercallFailed(
          function: HypercallFunction.memShare.rawValue, address: granule.rawValue, answer: answer)
      }
    case .callsAnUnknownFunction: _ = conduit.call(HypercallRegisters(0xC600_0009))
    case .sharesWithACount: _ = call(.memShare, granule.rawValue, count: 1)
    case .sharesTwice:
      try base.share(granule)
      try base.share(granule)
    case .sharesOffTheGranule: try base.share(PhysicalAddress(granule.rawValue + 1))
    case .misreportsAnswers:
      do throws(ShareError) {
        try base.share(granule)
      } catch {
        throw .hypercallFailed(
          function: HypercallFunction.memShare.rawValue, address: granule.rawValue, answer: -3)
      }
    default: try base.share(granule)
    }
  }

  func unshare(_ granule: PhysicalAddress) throws(ShareError) {
    switch sabotage {
    case .neverUnshares: break
    case .ignoresTheUnshareAnswer: _ = call(.memUnshare, granule.rawValue)
    case .unsharesTwice:
      try base.unshare(granule)
      _ = call(.memUnshare, granule.rawValue)
    case .sharesToUnshare:
      try base.unshare(granule)
      try base.share(granule)
      try base.unshare(granule)
    default: try base.unshare(granule)
    }
  }

  func abandon(_ granules: AddressRange) {
    if sabotage != .abandonsNothing { base.abandon(granules) }
  }

  func enroll() throws(ShareError) {
    do throws(ShareError) {
      try base.enroll()
    } catch {
      if sabotage != .ignoresTheEnrolAnswer { throw error }
    }
  }

  func mmioGranule() throws(ShareError) -> UInt64 {
    do throws(ShareError) {
      return try base.mmioGranule()
    } catch {
      guard case .mmioGranuleIsMisaligned(let granule) = error, granule != 0,
        sabotage == .believesEveryInfo
      else { throw error }
      return granule
    }
  }

  func map(_ granule: PhysicalAddress) throws(ShareError) {
    if sabotage == .ignoresTheMapAnswer {
      _ = call(.mmioGuardMap, granule.rawValue)
      return
    }
    try base.map(granule)
    if sabotage == .mapsTwice { try base.map(granule) }
  }

  func unmap(_ granule: PhysicalAddress) throws(ShareError) {
    if sabotage == .neverUnmaps { return }
    try base.unmap(granule)
    if sabotage == .unmapsTwice { try base.unmap(granule) }
    if sabotage == .doubtsEveryUnmap { throw .mmioGuardUnsupported }
  }

  private func call(_ function: HypercallFunction, _ address: UInt64, count: UInt64 = 0) -> UInt64 {
    conduit.call(HypercallRegisters(UInt64(function.rawValue), address, count)).x0
  }
}
