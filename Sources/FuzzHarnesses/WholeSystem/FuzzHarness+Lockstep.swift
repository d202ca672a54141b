import BugMuseum
import Exploration
import ForeignSubjects
import FuzzSupport
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension FuzzHarness {
  /// The whole system against the model, on all backends or on `SHARECHECK_BACKEND`; in the core's
  /// place an exhibit of the museum, `SHARECHECK_EXHIBIT`, or a shared library,
  /// `SHARECHECK_SUBJECT`.
  public static var lockstep: FuzzHarness {
    let (rig, possible) = chosenSystem
    let backend = environmentChoice("SHARECHECK_BACKEND", among: possible.map(\.id))
    let check = AllBackendsCheck(
      rig, on: backend.flatMap(Backend.named).map { [$0] } ?? possible)
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

  /// What is checked, and the backends that it runs on.
  private static var chosenSystem: (Rig, [Backend]) {
    let exhibit = environmentChoice(
      "SHARECHECK_EXHIBIT", among: (Exhibit.all + Exhibit.selfTests).map(\.id))
    guard let path = environmentFile("SHARECHECK_SUBJECT") else {
      return (exhibit.flatMap(Exhibit.named)?.rig ?? .core, Backend.all)
    }
    if exhibit != nil {
      endWrongly(
        ExitCode.wrongUsage, "SHARECHECK_EXHIBIT and SHARECHECK_SUBJECT exclude each other")
    }
    do {
      let library = try SubjectLibrary(path: path)
      return (library.rig, Backend.all.filter { library.description.backends.contains($0.id) })
    } catch {
      endWrongly(ExitCode.badInput, "SHARECHECK_SUBJECT=\(path) \(error.line)")
    }
  }
}
