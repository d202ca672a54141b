import Exploration
import Foundation
import PropertyTesting
import PropertyTestingAdaptor
import ProgramText
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// The check of one rig in one test: plays, and records issues at its place.
struct Examination {
  let rig: Rig
  let location: SourceLocation
  private let stage: LocalStage

  init(_ rig: Rig, _ location: SourceLocation) {
    self.rig = rig
    self.location = location
    stage = LocalStage(rig)
    if ProcessInfo.processInfo.environment["SHARECHECK_SHOW"] == "1" { stage.willPlay = Self.show }
  }

  /// Writes a case at once, since it may end the process.
  private static func show(_ next: Case) {
    let text = "on \(next.backend.id):\n\(next.program.text)\n"
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Plays a campaign, and shrinks what it finds.
  func run(_ campaign: Campaign) {
    do {
      let result = try campaign.explore(on: stage)
      let runs = Int(result.programs) * campaign.backends.count
      guard result.turnedDown < runs else {
        return record(["nothing was checked: \(rig.id) runs on none of the machines"])
      }
      for finding in result.findings { try report(finding, of: campaign, result) }
      guard result.findings.isEmpty else { return }
      print(summary(of: result, campaign))
    } catch {
      record(["\(rig.id) cannot be checked: \(error)"])
    }
  }

  private func report(
    _ finding: Finding, of campaign: Campaign, _ result: Campaign.Result
  ) throws {
    guard case .campaign(let number, let own, _) = finding.origin else { return }
    let shrinking = Shrinking(finding, on: campaign.backends, seed: campaign.seed &+ number)
    guard let small = try shrinking.explore(on: stage) else {
      return record(
        finding.description.split(separator: "\n").map(String.init) + [
          "", "The same program held the second time: \(rig.id) does not always answer alike.",
        ])
    }
    let search =
      own.map { Search(seed: $0, programs: 1) }
      ?? Search(seed: campaign.seed, programs: Int(number) + 1)
    record(
      FindingReport(small, reproduce: search.command).lines
        + (turnedDown(in: result).map { ["", $0] } ?? []))
  }

  private func summary(of result: Campaign.Result, _ campaign: Campaign) -> String {
    let never = result.neverChecked.joined(separator: ", ")
    let lines = [
      "\(rig.id) holds on \(campaign.backends.map(\.id).joined(separator: ", ")):"
        + " \(counted(Int(result.programs), "program")) from seed \(campaign.seed),"
        + " \(counted(result.commands, "command"))",
      never.isEmpty ? nil : "never checked: \(never)", turnedDown(in: result),
    ]
    return lines.compactMap(\.self).joined(separator: "\n")
  }

  private func turnedDown(in result: Campaign.Result) -> String? {
    RunReport.line(of: rig.id, turningDown: result.turnedDown)
  }

  /// Plays one program.
  func replay(_ program: Program, on backends: [Backend]) {
    var wasPlayed = false
    for backend in backends {
      let next = Case(program, on: backend)
      guard let verdict = stage.play(next, keeping: [])?.verdict else { continue }
      wasPlayed = true
      guard !verdict.holds else { continue }
      let finding = Finding(program, on: backend, verdict, account: stage.account(of: next))
      record(FindingReport(finding, reproduce: nil).lines)
    }
    if !wasPlayed { record(["nothing was checked: \(rig.id) does not run on the machine"]) }
  }

  private func record(_ lines: [String]) {
    Issue.record(Comment(rawValue: lines.joined(separator: "\n")), sourceLocation: location)
  }
}
