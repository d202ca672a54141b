import MemorySharing

/// The core's way to the hypervisor, with what a run plants in it. Nothing is planted in the core.
struct Conduit: HypercallConduit {
  let defect: Defect

  func call(_ asked: HypercallRegisters) -> HypercallRegisters {
    let function = HypercallFunction(rawValue: UInt32(truncatingIfNeeded: asked.x0))
    var asked = asked
    switch (defect, function) {
    case (.sharesWrongGranule, .memShare), (.sharesWrongGranule, .memUnshare):
      asked.x1 ^= Place.arenaBytes / 2
    case (.forgetsGranule, .memUnshare) where isEnteringGuest,
      (.keepsDeviceMapped, .mmioGuardUnmap) where isEnteringGuest:
      isEnteringGuest = false
      return HypercallRegisters(Answer.success)
    default: break
    }
    return HVC().call(asked)
  }

  func abandon(_ granules: AddressRange) { HVC().abandon(granules) }
}

/// Whether the last teardown has begun, whose first call is one that a defect may forget.
var isEnteringGuest = false
