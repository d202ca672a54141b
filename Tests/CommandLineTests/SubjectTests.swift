import Foundation
import Testing
import Thoroughness

/// What a subject may do to the checks, and what then is said.
@Suite("Shared libraries as subjects")
struct SubjectTests {
  /// A library in a folder of its own, compiled by the C compiler that Swift comes with.
  private final class Library {
    let folder: URL
    var path: String { folder.appending(path: "lib.so").path }

    /// - Parameter definitions: of macros.
    init(_ source: String, _ definitions: String...) throws {
      folder = FileManager.default.temporaryDirectory
        .appending(path: "sharecheck-subject-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      process.arguments =
        ["clang", "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-w", "-shared", "-fPIC"]
        + ["-I", root.appending(path: "Sources/SubjectInterface/include").path]
        + definitions.map { "-D\($0)" }
        + [root.appending(path: source).path, "-o", path]
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  private static func misbehaving(_ misdeed: String) throws -> Library {
    try Library("Tests/CommandLineTests/Subjects/misbehaving.c", "MISBEHAVES_AS=\(misdeed)")
  }

  @Test("An honest subject holds, and what it does not promise is told")
  func honest() throws {
    let library = try Library("Examples/c-honest/sharer.c")
    let result = try Tool.run("run", "--subject", library.path, "--programs", "30")
    #expect(result.code == 0)
    #expect(result.output.contains("holds on pkvm, pkvm-newer, pkvm-android13, gunyah, geniezone"))
    #expect(result.output.contains("c-honest promises less than the specification:"))
    #expect(result.output.contains("  it has no map_mmio: no program asks for it"))
  }

  @Test("A run goes past what a file lists, and says what line would do so")
  func known() throws {
    let library = try Library("Examples/c-forgets-rounding/sharer.c")
    let known = library.folder.appending(path: "known.txt").path
    func run() throws -> Tool.Result {
      try Tool.run(
        "run", "--subject", library.path, "--backend", "kvm", "--programs", "40", "--known", known)
    }
    var lines = ["# what is known of it"]
    // A way to fail for each kind of command that allocates.
    for _ in 0..<12 {
      try (lines.joined(separator: "\n") + "\n").write(
        toFile: known, atomically: true, encoding: .utf8)
      let result = try run()
      if result.code == 0 {
        #expect(result.output.contains(" failed in ways that \(known) lists."))
        #expect(lines.contains("failed-calls-leave-no-trace allocate"))
        return
      }
      #expect(result.code == 1)
      let line = result.output.split(separator: "\n").drop {
        $0 != "To go past it, give --known a file with:"
      }.dropFirst().first
      let next = try #require(line).dropFirst(2)
      try #require(!lines.contains(String(next)))
      lines.append(String(next))
    }
    Issue.record("it fails in more ways than there are")
  }

  @Test(
    "A damaged list of what is known is refused, with the line",
    arguments: [
      ("calls-return", ":1: a line has an invariant and a command"),
      ("# no\n\nno-such allocate", ":3: there is no invariant \"no-such\""),
      ("calls-return jump", ":1: there is no command \"jump\""),
    ])
  func damaged(_ text: String, _ complaint: String) throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "sharecheck-known-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try Tool.run("run", "--programs", "1", "--known", path)
    #expect(result.code == 65)
    #expect(result.errors.contains(complaint))
  }

  @Test("What programs leave out is said again where a finding is reproduced")
  func without() throws {
    let result = try Tool.run(
      "run", "--exhibit", "refill-without-rounding", "--without", "faults,host-writes")
    #expect(result.code == 1)
    #expect(result.output.contains(" --without host-writes,faults"))
    #expect(try Tool.run("run", "--without", "sleep").code == 64)
  }

  @Test(
    "What it does in a call is a verdict, with a program of one command",
    arguments: [
      ("SEGFAULTS", "died of SIGSEGV, during the call"),
      ("ABORTS", "died of SIGABRT, during the call"),
      ("EXITS", "exited with code 0, during the call"),
      ("HANGS", "did not return, during the call"),
      ("EATS_MEMORY", "memory ran away"),
      ("OVERFLOWS_ITS_STACK", "died of SIGSEGV, during the call"),
      ("SCRIBBLES", "died of SIGSEGV, during the call"),
      ("DIES", "the call halted: out of cheese"),
      ("ZEROES_NONSENSE", "halted: it zeroes 0xffffffffffffffff+0x2, which is no range of memory"),
    ])
  func deadly(misdeed: String, evidence: String) throws {
    let library = try Self.misbehaving(misdeed)
    let report = try Tool.report(
      "run", "--subject", library.path, "--backend", "pkvm", "--programs", "20",
      "--hang-after", misdeed == "HANGS" ? "0.3" : "10")
    let finding = try #require(report.findings.first?.finding)
    #expect(finding.verdict.violations.first?.id == "calls-return")
    #expect(finding.verdict.violations.first?.evidence.text.contains(evidence) == true)
    #expect(finding.program.steps.count == 1)
  }

  @Test("An error that has no name is a violation")
  func nonsense() throws {
    let library = try Self.misbehaving("ANSWERS_NONSENSE")
    let report = try Tool.report(
      "run", "--subject", library.path, "--backend", "pkvm", "--programs", "20")
    #expect(
      report.findings.first?.finding.verdict.violations.first?.id == "errors-tell-what-happened")
  }

  @Test("What it prints does not come between a worker and its supervisor")
  func printing() throws {
    let library = try Self.misbehaving("WRITES_TO_STANDARD_OUTPUT")
    let result = try Tool.run(
      "run", "--subject", library.path, "--backend", "kvm", "--programs", "20")
    #expect(result.code == 0)
    #expect(!result.output.contains("{\"done\""))
  }

  @Test(
    "What is no subject is one line and exit code 65",
    arguments: [
      ("CRASHES_AT_LOAD", "cannot be loaded: the process died of SIGABRT"),
      ("ANSWERS_NO_TABLE", "has a sharecheck_subject that answers NULL"),
      ("HAS_ANOTHER_VERSION", "has version 7 of the interface, and this sharecheck has 1"),
      ("HAS_A_SHORT_TABLE", "has a table of 8 bytes, and not"),
      ("HAS_NO_NAME", "has a table without a name"),
      ("LACKS_A_CALL", "has a table that lacks init"),
      ("HAS_AN_UNKNOWN_LACK", "has lacks with bits that mean nothing, 0x1000000000000000"),
      ("HAS_AN_ODD_BLOCK", "has a minimum_block of 48, which is no power of two"),
      ("HAS_ODD_MEMORY", "has memory of kind 9, which there is not"),
      ("HAS_SMALL_MAPPED_BLOCKS", "has mapped memory, and a minimum_block of 4"),
      ("HAS_SMALL_MAPPED_GRANULES", "has mapped memory, and no granule from 64 to 65536 bytes"),
    ])
  func none(misdeed: String, line: String) throws {
    let library = try Self.misbehaving(misdeed)
    let result = try Tool.run("run", "--subject", library.path)
    #expect(result.code == 65)
    #expect(result.complaints.count == 1)
    #expect(result.complaints.first?.contains("\(library.path) \(line)") == true)
    #expect(result.output.isEmpty)
  }

  @Test("An exhaustion of a subject that shows nothing goes by programs, and sees what it hides")
  func hiddenState() throws {
    let honest = try Library("Examples/c-honest/sharer.c")
    let arguments = ["--backend", "kvm", "--states", "60", "--no-host", "--slots", "1"]
    let result = try Tool.run(["exhaust", "--subject", honest.path] + arguments)
    #expect(result.code == 0)
    #expect(result.output.contains("c-honest does not show its states: each program counts as one"))
    #expect(result.output.contains("are not tried yet; so far all holds"))
    let hiding = try Self.misbehaving("DIES_AT_THE_SECOND_EXHAUSTION")
    let found = try Tool.run(["exhaust", "--subject", hiding.path] + arguments)
    #expect(found.code == 1)
    #expect(found.output.contains("the call halted: too often"))
  }

  @Test("So is a file that is no library, that exports nothing, or that is not there")
  func noLibrary() throws {
    let library = try Library("Sources/SubjectInterface/guard.c")
    let exported = try Tool.run("replay", "--subject", library.path, "nowhere.txt")
    #expect(exported.code == 65)
    #expect(exported.errors.contains("\(library.path) exports no sharecheck_subject"))
    let text = try Tool.run("sweep", "--subject", #filePath)
    #expect(text.code == 65)
    #expect(text.errors.contains("cannot be loaded:"))
    let missing = try Tool.run("run", "--subject", "no-such-library.so")
    #expect(missing.code == 65)
    #expect(missing.errors == "sharecheck: no-such-library.so: there is no such file\n")
  }

  @Test("A run in which every machine was turned down does not hold")
  func turnedDown() throws {
    let library = try Self.misbehaving("TURNS_ALL_DOWN")
    let result = try Tool.run("run", "--subject", library.path, "--programs", "10")
    #expect(result.code == 65)
    #expect(
      result.errors == "sharecheck: nothing was checked: the subject misbehaving turned down every"
        + " machine\n")
    #expect(result.output.isEmpty)
    let sweep = try Tool.run("sweep", "--subject", library.path, "--length", "1")
    #expect(sweep.code == 65)
    #expect(sweep.errors == result.errors)
    let walk = try Tool.run("exhaust", "--subject", library.path, "--backend", "kvm")
    #expect(walk.code == 65)
    #expect(walk.output == "kvm: the subject misbehaving turned the machine down\n")
    #expect(walk.errors == result.errors)
  }

  @Test("Nor does a program that no backend can run", arguments: ["replay", "shrink", "explain"])
  func unplayable(verb: String) throws {
    let library = try Self.misbehaving("TURNS_ALL_DOWN")
    let file = try Scratch("machine pool-orders=16\nallocate a 1 align 1\nend\n")
    let result = try Tool.run(verb, "--subject", library.path, file.path)
    #expect(result.code == 65)
    #expect((result.output + result.errors).contains("\(file.path): no backend can run it"))
  }

  @Test("A library that changes while a command runs is bad input, and no fault of ours")
  func changed() throws {
    let library = try Self.misbehaving("IS_ANOTHER_IN_EACH_PROCESS")
    let result = try Tool.run("run", "--subject", library.path, "--programs", "10")
    #expect(result.code == 65)
    #expect(
      result.errors.contains("sharecheck: \(library.path) has changed since the command began\n"))
    #expect(result.output.isEmpty)
  }

  @Test(
    "A subject that halts by its contract holds",
    arguments: [
      "DIES_ON_BAD_REQUESTS", "ABORTS_ON_BAD_REQUESTS", "EXITS_ON_BAD_REQUESTS",
      "DIES_WHEN_EXHAUSTED",
      "DIES_ON_FAILED_HYPERCALLS",
    ])
  func haltsByContract(misdeed: String) throws {
    let library = try Self.misbehaving(misdeed)
    let result = try Tool.run("run", "--subject", library.path, "--programs", "25")
    #expect(result.code == 0, "\(result.output)")
    #expect(result.output.contains("may halt the guest"))
  }

  @Test("One that halts where its contract does not reach is violated")
  func haltsBeyond() throws {
    let library = try Self.misbehaving("DIES_ON_GOOD_REQUESTS")
    let report = try Tool.report("run", "--subject", library.path, "--programs", "100")
    let finding = try #require(report.findings.first?.finding)
    #expect(finding.verdict.violations.map(\.id) == ["calls-return"])
    #expect(finding.program.steps.count == 1)
    #expect(report.concessions.contains("a call outside its contract may halt the guest"))
  }

  @Test(
    "What a subject does not promise is a violation unless it says so, and its bugs are still seen",
    arguments: [
      ("CHECKED_FREES", "bad-requests-are-refused"),
      ("FREES_BY_BLOCK", "good-requests-are-served"),
      ("NAMED_ERRORS", "errors-tell-what-happened"), ("EVIDENCE", "errors-tell-what-happened"),
      ("REPORTS", "losses-are-reported"), ("CLOSING", "bad-requests-are-refused"),
      ("ZEROING", "bounce-memory-is-zero"), ("POOLING", "refill-only-on-miss"),
    ])
  func contracts(lack: String, invariant: String) throws {
    func first(declaring: Int, erring: Int) throws -> String? {
      let library = try Library(
        "Tests/CommandLineTests/Subjects/contracts.c", "DEPARTS_FROM=SHARECHECK_LACKS_\(lack)",
        "DECLARES=\(declaring)", "ERRS=\(erring)")
      let report = try Tool.report(
        "run", "--subject", library.path, "--backend", "pkvm", "--programs",
        "\(inRelease(2000, debug: 40))")
      return report.findings.first?.finding.verdict.violations.first?.id
    }
    #expect(try first(declaring: 0, erring: 0) == invariant)
    #expect(try first(declaring: 1, erring: 0) == nil)
    #expect(try first(declaring: 1, erring: 1) == "live-buffers-are-disjoint")
  }

  @Test("A subject that touches memory with pointers holds, and what cannot be seen is told")
  func mapped() throws {
    let library = try Library("Examples/c-honest/sharer.c", "MAPPED")
    let runs = try (0..<2).map { _ in
      try Tool.run(
        "run", "--subject", library.path, "--programs", "\(inRelease(20000, debug: 20))")
    }
    #expect(runs[0].code == 0, "\(runs[0].output)")
    #expect(runs[0].output.contains("its memory is mapped: what it reads is not seen"))
    let traces = runs.map { $0.lines.first { $0.hasPrefix("trace ") } }
    #expect(traces[0] != nil && traces[0] == traces[1])
  }

  @Test("What a subject has stored in mapped memory it finds again, whatever the checks did since")
  func remembers() throws {
    let library = try Library("Tests/CommandLineTests/Subjects/remembers.c")
    let result = try Tool.run(
      "run", "--subject", library.path, "--backend", "kvm", "--programs",
      "\(inRelease(10000, debug: 30))")
    #expect(result.code == 0, "\(result.output)")
  }

  @Test("All explorers take a subject whose memory is mapped")
  func explorers() throws {
    let library = try Library("Examples/c-intrusive/sharer.c")
    let file = try Self.write(Self.steering, into: library, isMapped: true, poolOrders: 2)
    // The debug build shrinks for minutes.
    for verb in inRelease(["explain", "shrink"], debug: ["explain"]) {
      let result = try Tool.run(verb, "--subject", library.path, file)
      #expect(result.code == 1, "\(verb): \(result.errors)")
      #expect(result.output.contains("the-host-cannot-steer"))
    }
    for verb in [["sweep", "--length", "1"], ["exhaust", "--states", "30"]] {
      let result = try Tool.run(verb + ["--subject", library.path, "--backend", "kvm"])
      #expect(result.code == 0, "\(verb): \(result.errors)")
    }
  }

  /// What lets the host choose where a buffer lies, if the free blocks are linked through their
  /// first words.
  private static let steering = "scribble\nallocate a 1 align 1\nallocate b 17 align 1"

  /// Writes a program whose machine is mapped, or not, and answers the path of its file.
  private static func write(
    _ commands: String, into library: Library, isMapped: Bool, poolOrders: Int = 16
  ) throws -> String {
    let file = library.folder.appending(path: "program.txt")
    let text = """
      # sharecheck program, version 1
      machine granule=4096 minimum-block=16 pool-orders=\(poolOrders) heap-orders=16 heap=buddy \
      arena=0x80000000+0x20000 offset=\(isMapped ? "0x200000000000" : "0x10000") \
      static-pages=1 initialised=yes
      \(commands)
      end

      """
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// The line in which `replay` tells what a program violates.
  private static func violation(
    of file: String, on backend: String, _ library: Library
  ) throws -> Substring? {
    try Tool.run("replay", "--subject", library.path, "--backend", backend, file)
      .lines.first { $0.hasPrefix("violated: ") }
  }

  @Test(
    "What is wrong with bytes, the same invariant sees on ports and in mapped memory",
    arguments: [
      ("LEAVES_A_BOUNCE_UNZEROED", "bounce-memory-is-zero"),
      ("COPIES_WHAT_IS_NOT_SENT", "no-secret-leaves"),
      ("COPIES_BACK_WHAT_WAS_SENT", "bounce-copies-follow-the-direction"),
      ("COPIES_HALF", "bounce-copies-follow-the-direction"),
      ("LEAKS_WHAT_LIES_BEHIND", "no-secret-leaves"),
      ("WRITES_INTO_A_NEIGHBOUR", "buffer-contents-are-kept"),
      ("STORES_INTO_A_NEIGHBOUR", "buffer-contents-are-kept"),
      ("WRITES_INTO_THE_DRIVERS_BUFFER", "calls-stay-in-their-frame"),
      ("STORES_INTO_THE_DRIVERS_BUFFER", "calls-stay-in-their-frame"),
      ("RETURNS_UNSCRUBBED", "returned-memory-is-scrubbed"),
      ("LEAVES_DMA_UNZEROED", "dma-memory-is-zero"),
    ])
  func bytes(defect: String, invariant: String) throws {
    for isMapped in [false, true] {
      let memory = isMapped ? "MAPPED" : "PORTS"
      let library = try Library(
        "Tests/CommandLineTests/Subjects/defects.c", "HAS=\(defect)", memory)
      let file = try Self.write(
        """
        share a 33 from-device
        scribble
        free a
        share a 33 from-device
        free a
        share a 33 to-device
        scribble
        allocate b 64 align 1
        write b
        free a
        free b
        allocate b 64 align 1
        allocate c 4096 align 4096
        free c
        scribble
        dma-alloc c 1 both
        scribble
        unshare-all
        """, into: library, isMapped: isMapped)
      let line = try Self.violation(of: file, on: "pkvm", library)
      #expect(line == "violated: \(invariant), on pkvm", "\(memory)")
    }
  }

  @Test("A pointer to where there is no memory is a crash, as it is without mapped memory")
  func wildPointer() throws {
    let library = try Library(
      "Tests/CommandLineTests/Subjects/defects.c", "HAS=POINTS_ANYWHERE", "MAPPED")
    let file = try Self.write(
      "allocate a 8 align 1\nallocate b 8 align 1", into: library, isMapped: true)
    let line = try Self.violation(of: file, on: "pkvm", library)
    #expect(line == "violated: calls-return, on pkvm")
  }

  @Test(
    "A free list in shared memory lets the host steer, and is as good as any where all is private")
  func intrusive() throws {
    let library = try Library("Examples/c-intrusive/sharer.c")
    let file = try Self.write(Self.steering, into: library, isMapped: true, poolOrders: 2)
    let line = try Self.violation(of: file, on: "gunyah", library)
    #expect(line == "violated: the-host-cannot-steer, on gunyah")
    let alone = try Tool.run(
      "run", "--subject", library.path, "--backend", "kvm", "--programs", "20")
    #expect(alone.code == 0, "\(alone.output)")
  }

  @Test("What a run keeps of a subject, the other verbs take")
  func verbs() throws {
    let library = try Self.misbehaving("DIES_ON_GOOD_REQUESTS")
    let folder = library.folder.appending(path: "kept").path
    let run = try Tool.run(
      "run", "--subject", library.path, "--backend", "pkvm", "--programs", "100", "--save", folder)
    #expect(run.code == 1)
    #expect(run.output.contains("sharecheck run --backend pkvm --seed"))
    #expect(run.output.contains("--subject \(library.path)"))
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    for verb in [["replay"], ["explain"], ["shrink", "--prove"]] {
      let result = try Tool.run(verb + ["--subject", library.path, "\(folder)/\(file)"])
      #expect(result.code == 1, "\(verb): \(result.errors)")
      #expect(result.output.contains("the call halted: a good request"))
    }
    let sweep = try Tool.run(
      "sweep", "--subject", library.path, "--backend", "pkvm", "--length", "1")
    #expect(sweep.code == 1)
  }

  @Test("A skeleton builds, and halts until it is filled")
  func skeleton() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sharecheck-skeleton-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let written = try Tool.run(
      [
        "-c",
        "cd \"$1\" && \"$0\" init-subject mine && cd mine && clang -Wall -Werror -shared -fPIC"
          + " mine.c -o libmine.so && \"$0\" run --subject libmine.so",
        try Tool.path, folder.path,
      ], executable: "/bin/bash")
    #expect(written.code == 1, "\(written.errors)")
    #expect(written.output.contains("wrote mine/mine.c"))
    #expect(written.output.contains("the call halted: init is not implemented"))
    let again = try Tool.run("init-subject", "/")
    #expect(again.code == 64)
  }

  @Test("A skeleton in Swift depends on this version; Examples/check-swift builds it")
  func skeletonInSwift() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sharecheck-skeleton-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let written = try Tool.run(
      [
        "-c", "cd \"$1\" && \"$0\" init-subject mine --language swift && cat mine/Package.swift",
        try Tool.path, folder.path,
      ], executable: "/bin/bash")
    #expect(written.code == 0, "\(written.errors)")
    #expect(written.output.contains("wrote mine/Tests/mineTests/Adapter.swift"))
    let version = try Tool.run("--version").output.split(separator: " ")[1]
    #expect(written.output.contains("from: \"\(version).0\""))
  }

  @Test("An exhibit and a subject exclude each other")
  func both() throws {
    let result = try Tool.run("run", "--subject", "x.so", "--exhibit", "canary")
    #expect(result.code == 64)
  }
}
