// The whole system against the model, on all backends: finds whatever an invariant can see.
import BugMuseum
import FuzzSupport
import Glibc
import SharingHarness
import SimulatedHypervisors

func harness() -> FuzzHarness {
  let exhibit = environmentChoice("SHARECHECK_EXHIBIT", among: Exhibit.all.map(\.id))
  let backend = environmentChoice("SHARECHECK_BACKEND", among: Backend.all.map(\.id))
  let check = EveryBackend(
    exhibit.flatMap(Exhibit.named)?.rig ?? .core,
    on: backend.flatMap(Backend.named).map { [$0] } ?? Backend.all)
  return FuzzHarness(
    name: "fuzz-lockstep", maximumLength: check.mostBytes,
    summary: { check.lockstep.coverage.description },
    accepts: { bytes in check.isAffordable(bytes: bytes) },
    check: { bytes in check.failure(of: check.program(bytes: bytes))?.description })
}

exit(fuzzOrReplay(harness()))
