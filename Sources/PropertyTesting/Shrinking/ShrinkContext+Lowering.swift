extension ShrinkContext {
  /// Lowers the choices of one record one after the other, each as far as it goes.
  mutating func lower(_ record: Int) {
    var choice = 0
    while choice < best.choiceCount(record) {
      if !isFlagOfElement(record, choice), let before = best.value(record, choice) {
        lower(record, choice)
        let after = best.value(record, choice) ?? 0
        creeps = creeps || (after < before && before - after < before / 64)
      }
      choice += 1
    }
  }

  private mutating func lower(_ record: Int, _ choice: Int) {
    guard let start = best.value(record, choice), start > 0 else { return }
    guard case .signed(let order) = best.records[record].choices[choice].form, start > 4 else {
      return descend(from: start) { $0.attempt(record, choice, $1) }
    }
    if (0...2).contains(where: { attempt(record, choice, $0) }) { return }
    // The sign stays, unless the positive number of the same size will do.
    let opposite = 0 &- order.value(of: start)
    if opposite > 0, order.range.contains(opposite) {
      _ = attempt(record, choice, order.code(of: opposite))
    }
    guard let number = best.value(record, choice).map(order.value) else { return }
    descend(from: number.magnitude) { context, distance in
      let signed = Int64(truncatingIfNeeded: number < 0 ? 0 &- distance : distance)
      return order.range.contains(signed) && context.attempt(record, choice, order.code(of: signed))
    }
    if let value = best.value(record, choice), value > 0 { _ = attempt(record, choice, value - 1) }
  }

  /// Whether a choice says that there is one more element: lowering it would end the array.
  private func isFlagOfElement(_ record: Int, _ choice: Int) -> Bool {
    best.records[record].choices[choice].role == .shape
      && best.records[record].spans.contains {
        $0.kind == .element && $0.choices.lowerBound == choice
      }
  }
}
