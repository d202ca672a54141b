import PropertyTesting

extension Challenge {
  /// The three bugs of the toy allocator, with the lengths that breadth-first search proves minimal.
  static let allocatorBugs: [Challenge] = [
    toy("refill", .refill, "A 0 0 8193"),
    toy("teardown", .teardown, "A 0 0 0, A 0 0 2049, A 0 0 2049"),
    toy("merge", .merge, "A 0 0 0, A 0 0 0, A 1 0 0, A 2 0 0, F 1, F 0"),
  ]

  private static func toy(
    _ name: String, _ bug: ToyAllocator.Bug, _ minimum: String
  ) -> Challenge {
    Challenge(
      name, minima: [minimum], published: "", restarts: 2,
      property: { ToyMachine.property(bug) }, text: ToyMachine.text)
  }
}
