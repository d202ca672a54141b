import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct ThresholdTests {
  @Test("Each has a name of its own, and is found by it")
  func names() {
    let ids = Exhibit.thresholds.map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids { #expect(Exhibit.named(id)?.id == id) }
    #expect(Set(ids).isDisjoint(with: (Exhibit.all + Exhibit.selfTests).map(\.id)))
  }

  @Test(
    "At its power of two it is seen as it names, and below not",
    arguments: ["serves-twice-from-2^12", "serves-twice-from-2^24", "shares-2^2-granules"])
  func exact(id: String) throws {
    let exhibit = try #require(Exhibit.named(id))
    let lockstep = Lockstep(exhibit.rig)
    let (most, least): (UInt64, UInt64) =
      switch id {
      case "serves-twice-from-2^12": (2048, 2049)
      case "serves-twice-from-2^24": (1 << 23, 1 << 23 + 1)
      default: (4 * 4096, 4 * 4096 + 1)
      }
    var configuration = Configuration()
    configuration.poolOrders = 64
    configuration.heapOrders = 64
    configuration.arenaSize = 1 << 26
    for (size, isSeen) in [(most, false), (least, true)] {
      let steps = [Step(.allocate(Slot(0), size: size, alignment: 1))]
      let program = Program(configuration: configuration.normalised, steps: steps)
      let verdict = try #require(lockstep.verdict(of: program, on: .pkvm))
      #expect(verdict.violations.first?.id == (isSeen ? exhibit.seenBy[0] : nil), "\(size)")
    }
  }
}
