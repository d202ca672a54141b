import Exploration
import Foundation
import ProgramText
import PropertyTesting
import Reports
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite struct CommandLineTests {
  @Test("A run that holds ends with 0 and says what was covered")
  func holds() throws {
    let result = try Tool.run("run", "--programs", "2", "--backend", "kvm")
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("holds on kvm"))
    for part in ["served", "refills", "merges by order", "commands a second", "distinct states"] {
      #expect(result.output.contains(part), "\(part)")
    }
    #expect(result.errors.isEmpty)
  }

  @Test("A run that reaches too little ends with 1 and names the labels, in text and as JSON")
  func requiredReach() throws {
    let short = ["run", "--programs", "2", "--backend", "kvm"]
    let text = try Tool.run(short + ["--require-reach", "1"])
    #expect(text.code == 1 && text.output.contains("\nreached "))
    #expect(text.complaints.count == 1 && text.errors.contains("arena-from-2^32 (0)"))
    #expect(!text.errors.contains("granule-4096"))
    let reach = text.lines.drop { !$0.hasPrefix("reached ") }.filter { !$0.hasPrefix("never") }
    #expect(reach.count > 2 && reach.allSatisfy { $0.count <= 100 })
    let json = try Tool.run(short + ["--require-reach", "1", "--format", "json"])
    #expect(json.code == 1 && json.errors == text.errors)
    let report = try JSONDecoder().decode(RunReport.self, from: Data(json.output.utf8))
    #expect(report.verdict == "holds" && report.coverage?.reach["arena-from-2^32"] == 0)
    #expect(try Tool.run(short + ["--require-reach", "0"]).code == 64)
  }

  @Test("JSON is one object with the fields that others rely on")
  func json() throws {
    let good = try Tool.run("run", "--programs", "2", "--backend", "kvm", "--format", "json")
    #expect(good.code == 0)
    let held = try JSONDecoder().decode(RunReport.self, from: Data(good.output.utf8))
    #expect(held.format == 2 && held.verdict == "holds" && held.subject == "core")
    #expect(held.programs == 2 && held.findings.isEmpty && held.coverage?.runs == 2)

    let bad = try Tool.run("run", "--exhibit", "canary", "--seed", "9", "--format", "json")
    #expect(bad.code == 1)
    let report = try JSONDecoder().decode(RunReport.self, from: Data(bad.output.utf8))
    #expect(report.verdict == "violated" && report.seed == 9)
    let found = try #require(report.findings.first)
    #expect(found.finding.fingerprint?.invariant == "buffers-honour-their-layout")
    #expect(found.finding.program.steps.count == 1)
    #expect(found.finding.account?.picture.isEmpty == false)
    let again = try #require(found.reproduce).split(separator: " ").map(String.init)
    let repeated = try Tool.run(again.dropFirst() + ["--format", "json"])
    let second = try JSONDecoder().decode(RunReport.self, from: Data(repeated.output.utf8))
    let (last, first) = (try #require(second.findings.last).finding, found.finding)
    #expect(last.program == first.program && last.verdict == first.verdict)
    #expect(last.account == first.account && last.evaluations == first.evaluations)
  }

  @Test(
    "What was built upon other programs is reproduced as well, even if it killed its process",
    .enabled(if: inRelease(true, debug: false), "it takes two thousand programs"))
  func builtFindings() throws {
    let first = try Tool.report(
      "run", "--exhibit", "canary-traps-seldom", "--backend", "kvm", "--seed", "116600",
      "--programs", "2000")
    let found = try #require(first.findings.first)
    let reproduce = try #require(found.reproduce)
    #expect(found.finding.isDeadly)
    #expect(reproduce.contains("--seed 116600 --programs \(first.programs)"))
    #expect(first.programs > 1)
    let again = try Tool.report(
      reproduce.split(separator: " ").dropFirst().map(String.init))
    #expect(again.findings == first.findings)
    let small = try Scratch(found.finding.program.text)
    #expect(try Tool.run("replay", "--exhibit", "canary-traps-seldom", small.path).code == 1)
  }

  @Test(
    "A worker's campaign comes to the same as one in this process",
    arguments: [true, false])
  func sameInAnotherProcess(feedback: Bool) throws {
    let lockstep = Lockstep()
    let programs: UInt64 = inRelease(400, debug: 100)
    _ = try Campaign(backends: [.kvm], seed: 11, feedback: feedback, programs: programs)
      .explore(on: LocalStage(lockstep))
    let result = try Tool.run(
      "run", "--programs", "\(programs)", "--seed", "11", "--backend", "kvm", "--feedback",
      feedback ? "on" : "off")
    #expect(result.output.contains("\ntrace \(hex(lockstep.coverage.trace.value))\n"))
  }

  @Test("A run goes on after a finding, and each different one has its smallest program")
  func severalFindings() throws {
    let report = try Tool.report(
      "run", "--exhibit", "metadata-in-shared-memory", "--backend", "gunyah", "--programs", "120",
      "--findings", "3")
    #expect(report.findings.count == 3)
    #expect(Set(report.findings.map(\.finding.fingerprint)).count == 3)
    #expect(report.repeats > 0)
    for found in report.findings.prefix(inRelease(3, debug: 1)) {
      #expect(found.finding.program.steps.count <= 4)
      let reproduce = try #require(found.reproduce)
      let again = try Tool.report(
        reproduce.split(separator: " ").dropFirst().map(String.init))
      let last = try #require(again.findings.last)
      #expect(last.finding.program == found.finding.program, "\(reproduce)")
      #expect(last.finding.verdict == found.finding.verdict, "\(reproduce)")
    }
  }

  @Test("A run goes on after a program that killed its process, and counts those like it")
  func findingsBehindDeaths() throws {
    let report = try Tool.report(
      "run", "--exhibit", "canary-traps", "--backend", "kvm", "--programs", "12", "--findings", "2")
    #expect(report.findings.map(\.finding.fingerprint?.invariant) == ["calls-return"])
    #expect(report.programs == 12)
    #expect(report.repeats >= 5)
  }

  @Test(
    "Traps, hangs and runaway memory are violations of calls-return with one command",
    arguments: [
      ("canary-traps", "died of a trap"),
      ("canary-hangs", "s of processor time and did not return"),
    ] + inRelease([("canary-eats-memory", "memory ran away")], debug: []))
  func supervision(exhibit: String, evidence: String) throws {
    let result = try Tool.run(
      "run", "--exhibit", exhibit, "--backend", "kvm", "--format", "json", "--hang-after",
      exhibit == "canary-hangs" ? "0.5" : "30")
    #expect(result.code == 1)
    let report = try JSONDecoder().decode(RunReport.self, from: Data(result.output.utf8))
    let finding = try #require(report.findings.first?.finding)
    #expect(finding.isDeadly)
    #expect(finding.program.steps.count == 1)
    #expect(finding.verdict.violations.first?.evidence.text.contains(evidence) == true)
  }

  @Test(
    "Wrong usage is one line and 64",
    arguments: [
      ["run", "--programs", "-1"], ["run", "--programs", "0"], ["run", "--programs", "x"],
      ["run", "--seed", "-1"], ["run", "--findings", "0"], ["run", "--exhibit", "no-such"],
      ["run", "--backend", "no-such"],
      ["run", "--programs", "1", "--seconds", "1"], ["run", "--seconds", "nan"], ["replay"],
      ["shrink"], ["shrink", "--prove", "--budget", "0", "x"],
      ["shrink", "--prove", "--budget", "many", "x"], ["shrink", "--budget", "5", "x"], ["no-such"],
      ["museum", "--seeds", "0"], ["museum", "--exhibit", "canary-hangs"],
      ["museum", "--budget", "-1"],
      ["museum", "--exhibit", "leaks-what-was-not-freed", "--backend", "kvm"],
      ["list", "no-such"], ["help", "no-such"], ["help", "work"],
      ["run", "--backend", "kvm", "--backend", "pkvm"], ["run", "--seed=1", "--seed", "2"],
      ["sweep", "--mode", "no-such"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Tool.run(arguments)
    #expect(result.code == 64)
    #expect(result.complaints.count == 1, "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test(
    "Wrong usage says what was meant, and where to read on",
    arguments: [
      (["musem"], ["did you mean \"museum\"?", "list"]),
      (["help", "nonsense"], ["there is no verb \"nonsense\"", "exhaust"]),
      (["run", "--progams", "1"], ["Did you mean '--programs'?", "See sharecheck run --help"]),
      (["run", "--seed", "1", "--seed", "2"], ["--seed is given twice", "run --help"]),
      (["sweep", "--mode", "foo"], ["fails-but-takes-effect", "host-writes", "sweep --help"]),
    ])
  func hints(arguments: [String], parts: [String]) throws {
    let line = try #require(try Tool.run(arguments).complaints.first)
    for part in parts { #expect(line.contains(part), "\(line)") }
  }

  @Test("The version says which commit was built, and `unknown` only where there is no checkout")
  func version() throws {
    let result = try Tool.run("--version")
    #expect(result.code == 0 && result.errors.isEmpty)
    let form = /sharecheck \d+\.\d+ \(([0-9a-f]{7,40}(, modified)?|unknown)\)\n/
    #expect(result.output.wholeMatch(of: form) != nil, "\(result.output)")
    let git = FileManager.default.fileExists(
      atPath: URL(fileURLWithPath: #filePath).appendingPathComponent("../../../.git").standardized
        .path)
    #expect(git != result.output.contains("unknown"))
  }

  @Test("Bad files are one line and 65", arguments: ["replay", "shrink", "explain"])
  func badFiles(verb: String) throws {
    let text = Grammar().program(seed: 1).text
    let random = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 91) }
    let files = [
      try Scratch(""), try Scratch(Array(text.utf8.dropLast(9))), try Scratch(random),
      try Scratch("", name: "crash-0"),
    ]
    for path in files.map(\.path) + ["/no/such/file", "/tmp"] {
      let result = try Tool.run(verb, path)
      #expect(result.code == 65)
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test("A file can be replayed, shrunk and explained; what is written replays")
  func files() throws {
    let file = try Scratch(
      """
      machine
      heap-allocate a 100 align 1 zeroed
      allocate b 12288 align 1 # twelve
      free b
      end
      """)
    let held = try Tool.run("replay", "--backend", "pkvm", file.path)
    #expect(held.code == 0)
    #expect(held.output.contains("holds on pkvm"))
    let small = try Scratch()
    let shrunk = try Tool.run(
      "shrink", "--exhibit", "canary", "--output", small.path, file.path)
    #expect(shrunk.code == 1, "\(shrunk.output)\(shrunk.errors)")
    #expect(try Program(text: small.text).steps.count == 1)
    let again = try Tool.run("replay", "--exhibit", "canary", "--backend", "kvm", small.path)
    #expect(again.code == 1)
    let explained = try Tool.run("explain", "--exhibit", "canary", small.path)
    #expect(explained.code == 1)
    #expect(explained.output.contains("Without one command"))
    let trapped = try Tool.run(
      "replay", "--exhibit", "canary-traps", "--backend", "kvm", small.path)
    #expect(trapped.code == 1)
    #expect(trapped.output.contains("calls-return"))
  }

  @Test("A proof says what was tried and of what, and one that is cut short how far it came")
  func proofs() throws {
    let file = try Scratch(
      """
      machine pool-orders=1 minimum-block=4096 arena=0x80000000+0x2000
      scribble
      allocate b 1 align 1
      free b
      end
      """)
    let choosing = ["--exhibit", "merges-past-the-top-order", "--backend", "gunyah"]
    let proved = try Tool.run(["shrink", "--prove", file.path] + choosing)
    #expect(proved.code == 1)
    #expect(proved.output.contains("Shrunk to 2 commands"))
    #expect(proved.output.contains("No smaller program fails in this way: "))
    #expect(proved.output.contains("steps, of every kind of command"))
    #expect(proved.errors.isEmpty)
    let cut = try Tool.run(["shrink", "--prove", "--budget", "3", file.path] + choosing)
    #expect(cut.output.contains("Not proved minimal"))
    #expect(cut.output.contains("the budget ended after 3 programs"))
    let deadly = try Tool.run(
      "shrink", "--prove", "--exhibit", "canary-traps", "--backend", "kvm", file.path)
    #expect(deadly.output.contains("No smaller program fails in this way: 1 program tried, all"))
  }

  @Test("An explanation says of every command what happens without it, and what could go")
  func explanation() throws {
    let file = try Scratch(
      """
      machine minimum-block=4096 pool-orders=1 arena=0x80000000+0x2000
      heap-allocate b 1 align 1
      allocate a 1 align 1
      free a
      end
      """)
    let result = try Tool.run(
      "explain", "--exhibit", "merges-past-the-top-order", "--backend", "gunyah", file.path)
    #expect(result.code == 1)
    #expect(result.output.contains("allocate a 1 align 1       it holds"))
    #expect(result.output.contains("heap-allocate b 1 align 1  it fails in the same way"))
    #expect(result.output.contains("without \"heap-allocate b 1 align 1\"."))
    #expect(result.output.contains("pool-orders=1       it holds"))
  }

  @Test("The museum reports each exhibit, and passes only if all are at proved minima")
  func museum() throws {
    let json = try Tool.run(
      "museum", "--exhibit", "canary", "--backend", "kvm", "--seeds", "2", "--format", "json")
    #expect(json.code == 0)
    struct Row: Codable {
      var exhibit: String
      var backend: String
      var killedBy: [String]
      var named: String
      var programs: Int
      var commands: Int
      var length: Int
      var minimum: Int
      var evaluations: Int
      var seconds: Double
    }
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.output.utf8))
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.exhibit == "canary" && $0.length == 1 && $0.minimum == 1 })
    let cut = try Tool.run(
      "museum", "--exhibit", "merges-past-the-top-order", "--budget", "1", "--backend", "gunyah")
    #expect(cut.code == 1)
    #expect(cut.output.contains("merges-past-the-top-order: frames-are-conserved   NOT PASSED"))
    #expect(cut.output.contains("1 by the invariant named, 0 at a proved minimum"))
    let deadly = try Tool.run("museum", "--exhibit", "canary-traps", "--backend", "kvm")
    #expect(deadly.code == 0, "\(deadly.errors)")
    #expect(deadly.output.contains("  calls-return: canary-traps*"))
  }

  @Test("A program is printed as a Swift test, about what it violates or about all")
  func asTest() throws {
    let file = try Scratch("machine granule=64\nallocate b 12288 align 1\nend\n")
    let held = try Tool.run("explain", "--as-test", file.path)
    #expect(held.code == 0)
    #expect(held.output.contains("struct ProgramHolds"))
    let violated = try Tool.run("explain", "--as-test", "--exhibit", "canary", file.path)
    #expect(violated.code == 1)
    for part in [
      "import Testing", "struct BuffersHonourTheirLayoutOnAllocate", "machine granule=64 ",
      "allocate b 12288 align 1\n", "\"pkvm-newer\"", "Exhibit.named(\"canary\")",
    ] { #expect(violated.output.contains(part), "\(part)") }
    #expect(violated.errors.isEmpty)
  }

  @Test(
    "The lists name everything",
    arguments: ["invariants", "backends", "exhibits", "commands", "errors"])
  func lists(subject: String) throws {
    let result = try Tool.run("list", subject)
    #expect(result.code == 0)
    #expect(result.output.split(separator: "\n").count >= 1)
  }
}
