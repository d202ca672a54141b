import BugMuseum
import Exploration
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite struct MeasuringTests {
  @Test(
    "A row says who killed the exhibit, and its proved minimum",
    arguments: 1...3 as ClosedRange<UInt64>)
  func row(campaign: UInt64) throws {
    let exhibit = try #require(Exhibit.named("canary"))
    let rows = try Museum(exhibit, on: .pkvm, campaigns: campaign)
      .explore(on: LocalStage(exhibit.rig))
    let row = try #require(rows.last)
    #expect(row.exhibit == "canary" && row.backend == "pkvm" && row.seed == campaign)
    #expect(row.killedBy.first == "buffers-honour-their-layout")
    #expect(row.named == exhibit.seenBy[0])
    #expect(row.programs >= 1 && row.commands >= 1)
    #expect(row.length == 1 && row.minimum == 1 && row.isProved && row.isPassed)
    #expect(row.tried == 1)
    #expect(try Program(text: try #require(row.program)).steps.count == 1)
  }

  @Test("A campaign and what comes of it depend on nothing but its number")
  func again() throws {
    // A debug build proves but minima of one command.
    let (id, length) = inRelease(("merges-past-the-top-order", 2), debug: ("canary", 1))
    let exhibit = try #require(Exhibit.named(id))
    let museum = Museum(exhibit, on: .gunyah, campaigns: 2)
    let stage = LocalStage(exhibit.rig)
    var rows = try museum.explore(on: stage) + museum.explore(on: stage)
    rows += try museum.explore(on: LocalStage(exhibit.rig))
    for index in rows.indices { (rows[index].seconds, rows[index].proofSeconds) = (0, 0) }
    #expect(Array(rows[0..<2]) == Array(rows[2..<4]))
    #expect(Array(rows[0..<2]) == Array(rows[4..<6]))
    #expect(rows[0].length == length && rows[0].isAtMinimum)
    #expect(Museum.firstSeed(ofCampaign: 2) != Museum.firstSeed(ofCampaign: 1))
  }

  @Test("What is not found, not seen as named, not at the minimum or not proved does not pass")
  func failing() throws {
    let exhibit = try #require(Exhibit.named("merges-past-the-top-order"))
    func row(programs: UInt64 = 100_000, proofBudget: Int = 10_000_000) throws -> MuseumRow {
      let museum = Museum(
        exhibit, on: .gunyah, programs: programs, proofBudget: proofBudget)
      return try #require(try museum.explore(on: LocalStage(exhibit.rig)).first)
    }
    let good = try row()
    #expect(KillMatrix([good]).isPassed)
    let unfound = try row(programs: 0)
    #expect(!unfound.isKilled && !KillMatrix([good, unfound]).isPassed)
    let unproved = try row(proofBudget: 1)
    #expect(!unproved.isProved && !KillMatrix([good, unproved]).isPassed)
    #expect(KillMatrix([unproved]).exhibitLines[2].contains("2?"))
    var large = good
    large.length = 3
    #expect(!KillMatrix([large]).isPassed)
    #expect(KillMatrix([large]).exhibitLines[0].hasSuffix("NOT PASSED"))
    var mistaken = good
    mistaken.killedBy = ["work-is-bounded"]
    #expect(!KillMatrix([mistaken]).isPassed)
    #expect(KillMatrix([mistaken]).invariantLines.contains("  work-is-bounded: \(exhibit.id)"))
    #expect(KillMatrix([good]).invariantLines.contains("  \(good.named): \(exhibit.id)*"))
    var late = good
    late.programs = 101
    #expect(KillMatrix([good]).sumLines[1].contains("1 of 1"))
    #expect(
      KillMatrix([late]).sumLines[1].hasSuffix(
        "0 of 1 pairs of exhibit and backend, not \(exhibit.id) on gunyah"))
  }
}
