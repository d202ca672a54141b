extension CommandForm {
  static let share = CommandForm(
    .share, "share",
    "The virtio HAL shares a driver's private buffer, by a copy in shared memory.", weight: 8,
    canFail: true, .slotToPlace, .sharedSize, .direction, .isAtTop,
    make: { .share($0.slot, size: $0.size, $0.direction, isAtTop: $0.isAtTop) },
    take: { command, values in
      guard case .share(let slot, let size, let direction, let isAtTop) = command else { return }
      (values.slot, values.size, values.direction) = (slot, size, direction)
      values.isAtTop = isAtTop
    })
}
