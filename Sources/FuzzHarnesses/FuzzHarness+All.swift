import FuzzSupport

extension FuzzHarness {
  /// All of them; a new one is one line here.
  public static var all: [FuzzHarness] {
    [
      .lockstep,
      .allocator,
      .trace,
      .differential,
      .hypercalls,
      .hal,
    ]
  }
}
