extension Choices {
  /// A number in a range of signed numbers, 0 or the one nearest to it being the simplest.
  ///
  /// ``NearestToZero`` says the order. Takes 1, 2, 4 or 8 bytes.
  public mutating func signed(
    in range: ClosedRange<Int64>, role: Role = .plain,
    drawing draw: (inout RandomNumbers) -> Int64
  ) -> Int64 {
    let order = NearestToZero(range)
    let code = choose(below: order.count, as: .signed(order), role: role) {
      let value = draw(&$0)
      precondition(range.contains(value), "drawn beyond the range")
      return order.code(of: value)
    }
    return order.value(of: code)
  }
}
