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
    #expect(found.output.contains("\nallocate a 2048 align 1  → "))
  }

  @Test(
    "Traps, hangs and runaway memory are violations of calls-return, with the program that did it",
    arguments: [
      ("canary-traps", "the process died of a trap, during the call"),
      (
        "canary-hangs",
        "the process used 2 s of processor time and did not return, during the call"
      ),
      ("canary-eats-memory", "memory ran away"),
    ])
  func supervision(exhibit: String, evidence: String) throws {
    let found = try Tool.run(
      "exhaust", "--exhibit", exhibit, "--backend", "kvm", "--hang-after",
      exhibit == "canary-hangs" ? "2" : "30")
    #expect(found.code == 1)
    #expect(found.output.hasPrefix("violated: calls-return, on kvm\n"))
    #expect(found.output.contains("\nEvidence: \(evidence)"))
    #expect(found.output.contains("\nallocate a 2048 align 1  → "))
    #expect(found.complaints.isEmpty)
  }

  @Test("It says what it found as the sweep does", arguments: ["canary", "canary-traps"])
  func likeTheSweep(exhibit: String) throws {
    let options = ["--exhibit", exhibit, "--backend", "kvm"]
    let exhausted = try Tool.run(["exhaust"] + options)
    let swept = try Tool.run(["sweep", "--length", "1"] + options)
    #expect(exhausted.code == 1 && swept.code == 1)
    // The machines differ, and the buffers: three lines say what is violated, one how to see it.
    let (mine, others) = (exhausted.lines, swept.lines)
    #expect(mine.prefix(3) == others.prefix(3))
    #expect(mine.contains("As the program is.") && others.contains("As the program is."))
  }

  @Test(
    "Wrong usage is exit code 64 and one line",
    arguments: [
      ["--allocator", "4", "--exhibit", "canary"], ["--allocator", "4", "--backend", "kvm"],
      ["--allocator", "4", "--in-process"], ["--granules", "3"], ["--blocks", "0"],
      ["--allocator", "32"], ["--slots", "9"],
      ["--failing-calls", "17"], ["--states", "0"], ["--states", "3000001"], ["--backend", "xen"],
      ["--hang-after", "0"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try Tool.run(["exhaust"] + arguments)
    #expect(result.code == 64)
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
