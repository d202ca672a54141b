import MemorySharing

/// What the last call did, which was about an address. Where there are more aborts than before it,
/// an exception ended it, and it was never answered.
func lastEffect(at address: UInt64, sinceAborts before: UInt64) -> registers {
  var effect = control(ControlCall.lastEffect, address, 0, 0)
  if aborts() != before { effect.x1 = Effect.neverAnswers }
  return effect
}

/// Hypercalls by HVC; of each the judge hears what was asked, what was answered, and what it did by
/// the monitor's own account.
struct ToldHVC: HypercallConduit {
  func call(_ asked: HypercallRegisters) -> HypercallRegisters {
    let before = aborts()
    let answer = planted(asked) ?? HVC().call(asked)
    let effect = lastEffect(at: asked.x1, sinceAborts: before)
    tell(EventCode.hypercall, asked.x0, asked.x1, asked.x2, asked.x3, answer.x0)
    tell(effect.x1, effect.x2, effect.x3)
    return answer
  }

  /// What a planted defect makes of a call; nil where the call is made as it is.
  private func planted(_ asked: HypercallRegisters) -> HypercallRegisters? {
    let neighbour = asked.x1 ^ pageBytes
    switch (defect, HypercallFunction(rawValue: UInt32(truncatingIfNeeded: asked.x0))) {
    case (.asksForTheGuardAlone, .features): return HypercallRegisters(Answer.notSupported)
    case (.forgetsGranule, .memUnshare): return HypercallRegisters(Answer.success)
    case (.sharesWrongGranule, .memShare):
      return HVC().call(HypercallRegisters(calling: .memShare, at: neighbour))
    case (.leaksGranule, .memShare):
      _ = HVC().call(HypercallRegisters(calling: .memShare, at: neighbour))
      return nil
    case (.sharesForAMoment, .memShare):
      let other = HypercallRegisters(calling: .memShare, at: asked.x1 ^ 8 * pageBytes)
      if HVC().call(other).x0 == Answer.success {
        var left = 2_000_000
        while left > 0, aborts() < UInt64.max { left -= 1 }
        _ = HVC().call(HypercallRegisters(calling: .memUnshare, at: other.x1))
      }
      return nil
    default: return nil
    }
  }

  func abandon(_ granules: AddressRange) {
    tell(EventCode.abandoned, granules.start.rawValue, granules.size)
  }
}

/// The heap as the sharer sees it: told, and made to be exhausted.
final class ToldHeap<Source: RegionSource>: RegionSource {
  private let source: Source
  /// Allocations of this command, and which of them is refused, from 1, or 0.
  private(set) var allocations: UInt64 = 0
  private var failing: UInt64 = 0
  private(set) var hasRefused = false

  init(_ source: Source) { self.source = source }

  func beginCommand(failingAllocation: UInt64) {
    allocations = 0
    failing = failingAllocation
    hasRefused = false
  }

  var window: AddressRange { source.window }

  func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
    allocations += 1
    if allocations == failing {
      hasRefused = true
      tell(EventCode.heapRefused, layout.size, layout.alignment, 1)
      throw .exhausted(layout)
    }
    do throws(ShareError) {
      let address = try source.allocateZeroed(layout)
      tell(EventCode.heapAllocated, address.rawValue, layout.size, layout.alignment)
      return address
    } catch {
      tell(EventCode.heapRefused, layout.size, layout.alignment, 0)
      throw error
    }
  }

  func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
    do throws(ShareError) {
      try source.deallocate(address, layout)
    } catch {
      tell(EventCode.heapRefusedFree, address.rawValue, layout.size)
      throw error
    }
    tell(EventCode.heapFreed, address.rawValue, layout.size, layout.alignment)
  }
}
