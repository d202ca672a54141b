import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors

extension Exhibit {
  static let countsWhatIsStillMapped = Exhibit(
    "counts-what-is-still-mapped",
    "The report counts an MMIO page as unmapped whose UNMAP failed.",
    source: "ours: the count goes up before the call",
    seenBy: ["reports-count-what-was-done"],
    backends: Backend.all.filter { $0.behaviour.mmioGuard == .present }
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      let outcome = core.perform(call)
      guard case .unmapped(let report) = outcome else { return outcome }
      return .unmapped(
        MMIOReport(
          unmapped: report.unmapped + report.stillMapped, stillMapped: report.stillMapped))
    }
  }
}
