import SharingHarness
import SharingModel

/// A system whose calls go through somebody else's hands first.
final class Wrapped: SharingSystem {
  private let system: any SharingSystem
  private let handle: (GuestCall, any SharingSystem) -> Outcome

  init(
    _ system: any SharingSystem,
    handle: @escaping (_ call: GuestCall, _ system: any SharingSystem) -> Outcome
  ) {
    self.system = system
    self.handle = handle
  }

  func perform(_ call: GuestCall) -> Outcome { handle(call, system) }

  func observe(into observation: inout Observation) { system.observe(into: &observation) }
}
