import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let bounceMemoryIsZero = Invariant(
    "bounce-memory-is-zero",
    "The bytes of a bounce buffer that the driver did not send are zero when share returns.",
    needs: .zeroing
  ) { model in
    guard let made = model.record.made, case .bounce(_, .deviceToDriver) = made.kind,
      let (run, origin) = model.memory.firstRun(in: made.bytes, where: { $0 != .zero })
    else { return nil }
    return "\(run) held \(origin)"
  }
}
