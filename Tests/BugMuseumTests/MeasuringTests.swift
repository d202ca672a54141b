import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct MeasuringTests {
  @Test(
    "A row says who killed the exhibit, and its proved minimum",
    arguments: 1...3 as ClosedRange<UInt64>)
  func row(campaign: UInt64) throws {
    let exhibit = try #require(Exhibit.named("canary"))
    let row = Museum().row(of: exhibit, campaign: campaign)
    #expect(row.exhibit == "canary" && row.seed == campaign)
    #expect(row.killedBy.first == "buffers-honour-their-layout")
    #expect(row.named == exhibit.seenBy)
    #expect(row.programs >= 1 && row.commands >= 1)
    #expect(row.length == 1 && row.minimum == 1 && row.isProved && row.isAtMinimum)
    #expect(row.tried == 1)
    #expect(try Program(text: try #require(row.program)).steps.count == 1)
  }

  @Test("A campaign and what comes of it depend on nothing but its number")
  func again() throws {
    let exhibit = try #require(Exhibit.named("merges-past-the-top-order"))
    let museum = Museum(backend: .gunyah)
    var rows = [museum, museum, Museum(backend: .gunyah)].map { $0.row(of: exhibit, campaign: 7) }
    for index in rows.indices { (rows[index].seconds, rows[index].proofSeconds) = (0, 0) }
    #expect(rows[0] == rows[1] && rows[0] == rows[2])
    #expect(rows[0].length == 2 && rows[0].isAtMinimum)
    #expect(Museum.firstSeed(ofCampaign: 2) != Museum.firstSeed(ofCampaign: 1))
  }

  @Test("What is not found, not shrunk to the minimum or not proved does not pass")
  func failing() throws {
    let exhibit = try #require(Exhibit.named("merges-past-the-top-order"))
    let good = Museum().row(of: exhibit, campaign: 1)
    #expect(MuseumSummary([good]).isPassed)
    let unfound = Museum(programs: 0).row(of: exhibit, campaign: 1)
    #expect(unfound.backend == nil && !MuseumSummary([good, unfound]).isPassed)
    let unproved = Museum(proof: MinimalityProof(budget: 1)).row(of: exhibit, campaign: 1)
    #expect(!unproved.isProved && !MuseumSummary([good, unproved]).isPassed)
    #expect(MuseumSummary([unproved]).lines.contains { $0.contains("the budget ended before 1") })
    var large = good
    large.length = 3
    #expect(!MuseumSummary([large]).isPassed)
    #expect(MuseumSummary([large]).lines[0].hasSuffix("NOT PASSED"))
  }
}
