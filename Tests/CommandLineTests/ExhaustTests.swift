import Testing

@Suite("sharecheck exhaust") struct ExhaustTests {
  @Test("It says how many states there are, and that all holds")
  func holds() throws {
    let allocator = try Tool.run("exhaust", "--allocator", "4")
    #expect(allocator.code == 0)
    #expect(allocator.output.contains("26 states, 416 transitions, all right"))
    let core = try Tool.run(
      "exhaust", "--granules", "1", "--blocks", "1", "--slots", "1", "--backend", "pkvm")
    #expect(core.code == 0)
    #expect(core.output.contains("pkvm: 42 states, "))
    #expect(core.output.contains("all of them, and all holds"))
    let limited = try Tool.run("exhaust", "--states", "50", "--backend", "pkvm")
    #expect(limited.code == 0 && limited.output.contains("are not tried yet"))
  }

  @Test("An exhibit is exit code 1, with a shortest program")
  func violated() throws {
    let found = try Tool.run("exhaust", "--exhibit", "canary", "--backend", "kvm")
    #expect(found.code == 1)
    #expect(found.output.hasPrefix("violated: buffers-honour-their-layout, on kvm\n"))
    #expect(found.output.contains("\nallocate a 2048 align 1\nend\n"))
  }

  @Test(
    "Wrong usage is exit code 64 and one line",
    arguments: [
      ["--granules", "3"], ["--blocks", "0"], ["--allocator", "32"], ["--slots", "9"],
      ["--failing-calls", "17"], ["--states", "0"], ["--backend", "xen"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try Tool.run(["exhaust"] + arguments)
    #expect(result.code == 64)
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
