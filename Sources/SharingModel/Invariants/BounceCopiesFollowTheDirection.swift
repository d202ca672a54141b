import MemorySharing
import SimulatedHypervisors

extension Invariant {
  static let bounceCopiesFollowTheDirection = Invariant(
    "bounce-copies-follow-the-direction",
    "Bytes cross the bounce buffer exactly as the direction says.", events: .memory,
    onEvent: { model, event in
      guard case .memoryCopied(let from, let to) = event else { return nil }
      switch model.action {
      case .call(.share(let buffer, _)) where model.driverBytes(buffer)?.contains(from) == true:
        return nil
      case .call(.unshare(_, let buffer, let direction))
      where direction != .driverToDevice && model.driverBytes(buffer)?.contains(to) == true:
        return nil
      default: return "the core copied \(from) to \(to), which no buffer of the driver holds"
      }
    },
    afterCommand: { model in
      if let made = model.record.made, case .bounce(let buffer, let direction) = made.kind,
        direction != .deviceToDriver
      {
        if model.content(made.address, buffer.size) == model.record.driverContent { return nil }
        return "the bounce buffer \(made.bytes) does not hold what the driver sends"
      }
      guard case .call(.unshare(_, let buffer, let direction)) = model.action,
        case .done = model.outcome, model.record.faults.isEmpty
      else { return nil }
      let now = model.content(model.physical(buffer), buffer.size)
      if direction == .driverToDevice {
        return now == model.record.driverContent
          ? nil : "a buffer that was only sent was written back"
      }
      return now == model.record.bounceContent
        ? nil : "the driver's buffer does not hold what the device left"
    })
}
