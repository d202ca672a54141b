import BugMuseum
import Exploration
import FuzzSupport
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension FuzzHarness {
  /// The whole system against the model, on all backends or on `SHARECHECK_BACKEND`; with
  /// `SHARECHECK_EXHIBIT` an exhibit of the museum in place of the core.
  public static var lockstep: FuzzHarness {
    let exhibit = environmentChoice(
      "SHARECHECK_EXHIBIT", among: (Exhibit.all + Exhibit.selfTests).map(\.id))
    let backend = environmentChoice("SHARECHECK_BACKEND", among: Backend.all.map(\.id))
    let check = AllBackendsCheck(
      exhibit.flatMap(Exhibit.named)?.rig ?? .core,
      on: backend.flatMap(Backend.named).map { [$0] } ?? Backend.all)
    check.lockstep.didStep = { model in model.forEachFuzzFeature(StateCounters.visit) }
    let layout = InputLayout(
      configurationWidth: Grammar.configurationWidth, commandWidth: Grammar.commandWidth,
      mostCommands: check.mostCommands
    ) { choices in
      _ = check.grammar.program(from: &choices)
    }
    var harness = FuzzHarness(
      name: "fuzz-lockstep",
      finds: "whatever an invariant sees in the whole system, on all backends",
      layout: layout, commands: { check.lockstep.coverage.commands }
    ) { bytes in
      check.finding(in: check.program(bytes: bytes))?.description
    }
    harness.accepts = { bytes in check.isAffordable(bytes: bytes) }
    harness.details = { check.lockstep.coverage.description }
    return harness
  }
}
