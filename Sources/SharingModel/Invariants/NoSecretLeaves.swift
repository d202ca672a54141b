import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let noSecretLeaves = Invariant(
    "no-secret-leaves",
    "A byte the host can see is a zero, something the guest wrote through a live shared "
      + "buffer or sent by share, or something the host wrote itself.",
    scope: [.dynamic, .fixed], needs: .zeroing, events: [.hypercalls, .memory],
    onEvent: { model, event in
      switch event {
      case .hypercall(let call):
        guard case .becameShared(let range) = call.effect else { return nil }
        return model.secret(in: range)
      case .memoryCopied(_, let range), .memoryFilled(let range, _), .memoryStored(let range, _):
        guard model.reach.overlaps(range) else { return nil }
        for reachable in model.reach.ranges {
          if let part = reachable.intersection(range), let evidence = model.secret(in: part) {
            return evidence
          }
        }
        return nil
      default: return nil
      }
    })
}

extension Model {
  fileprivate func secret(in range: AddressRange) -> Evidence? {
    guard let (run, _) = memory.firstRun(in: range, where: { $0 == .secret }) else { return nil }
    return "the host can read the guest's own bytes at \(run)"
  }
}
