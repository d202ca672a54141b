import SharingHarness
import SharingModel
import SimulatedHypervisors

/// How much a campaign is to do.
struct CampaignPlan {
  var seed: UInt64
  var hasFeedback: Bool
  var programs: UInt64?
  var seconds: Double?
  /// How many ways to fail are enough.
  var findings: Int
  /// How long nothing may happen, in seconds.
  var patience: Double
}

/// What came of a campaign.
struct CampaignResult: Codable {
  /// A program that does not hold, as text, and where.
  struct Found: Codable {
    var number: UInt64
    /// The seed that makes the program by itself; nil where it was built upon others.
    var seed: UInt64?
    var program: String
    var backend: String
    /// In which way it fails, as `Fingerprint.word`.
    var fingerprint: String
    /// Which of the ways in which the program fails this is, from 1.
    var rank: Int
  }

  /// The first program for each way to fail.
  var found: [Found] = []
  /// How many programs failed only in ways that were known.
  var repeats = 0
  var programs: UInt64
  var seconds: Double
  /// Nil where a worker died before it could say.
  var coverage: CoverageSummary?
  var commands: Int
  var discards: Int
  /// The invariants that no program could check, though a worker can check them.
  var neverChecked: [String] = []
  /// How many workers died.
  var deaths = 0
}

extension CampaignResult {
  /// Adds what another worker did where the last one had died.
  mutating func add(_ later: CampaignResult) {
    found += later.found
    repeats += later.repeats
    programs = later.programs
    seconds += later.seconds
    coverage = nil
    commands += later.commands
    discards += later.discards
    deaths += later.deaths
  }
}

/// What a worker says while it runs a campaign.
enum CampaignMessage: Codable {
  case found(CampaignResult.Found)
  case done(CampaignResult)
}
