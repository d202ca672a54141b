import SharingHarness
import SharingModel
import SharingTesting
import SimulatedHypervisors
import Testing

@testable import PlainSharer

@Suite("The plain sharer")
struct PlainSharerTests {
  /// It has no static pool, as Gunyah wants one.
  private static let backends = Backend.all.filter { $0.sharing != .beforeBoot }

  /// Its errors have no names, and it shares for one buffer at a time.
  private static func rig(
    _ id: String,
    _ make: @escaping PlainSystem.Maker = { PlainSharer($0, isProtected: $1, blocks: $2) }
  ) -> Rig {
    let promises = Capabilities.contract.subtracting([.namedErrors, .evidence]).union(.reports)
    return Rig(id, promises: promises) { try PlainSystem($0, make) }
  }

  @Test func holds() {
    check(Self.rig("plain-sharer"), on: Self.backends)
  }

  /// A bug, to see that the check sees it: a region that is not whole granules.
  private final class Forgetful: PlainSharer {
    override func regionSize(for block: UInt64) -> UInt64 { block }
  }

  @Test func aRegionIsWholeGranules() {
    withKnownIssue {
      check(
        Self.rig("forgets-rounding") { Forgetful($0, isProtected: $1, blocks: $2) },
        on: Self.backends)
    }
  }
}
