import Foundation
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// That a counterexample printed as a Swift test compiles and runs: one of them is a file here.
@Suite struct TestSourceTests {
  /// A program with every kind of command, every way to fail, and nothing as usual.
  private static let text = """
    # sharecheck program, version 1
    machine granule=16384 minimum-block=8 pool-orders=12 heap-orders=14 heap=first-fit \
    arena=0x90000000+0x200000 offset=0x20000 static-pages=3 initialised=no
    initialise standard ! heap-allocation fails
    allocate a 100 align 8 ! hypercall 2 fails
    allocate b 1152921504606846976 align 9223372036854775808 ! hypercall 12 fails-but-takes-effect
    free a half
    dma-alloc c 2 from-device ! hypercall 1 answers-garbage 3
    share d 4097 both
    heap-allocate e 18446744073709551615 align 9223372036854775808 zeroed
    write c
    heap-add again
    map-mmio 3 pages 2 tail ! hypercall 1 fails -77 ! host-writes-before 2
    unmap-all-mmio
    scribble
    pin b
    unpin-all
    standing-fault answers-garbage 18446744073709551615
    standing-fault fails
    standing-fault none
    unshare-all
    end
    """

  private static func source() throws -> TestSource {
    // The core holds; the test is about an allocation that did not.
    let invariant = try #require(Invariant.all.first { $0.id == "good-requests-are-served" })
    return TestSource(
      try Program(text: text), violated: (invariant.id, invariant.sentence), in: "dma-alloc",
      backends: ["pkvm", "gunyah", "kvm"])
  }

  @Test("What is printed is the test in the file of its name; to print: SHARECHECK_PIN=1")
  func printed() throws {
    let source = try Self.source()
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "\(source.name).swift")
    if ProcessInfo.processInfo.environment["SHARECHECK_PIN"] == "1" {
      return try source.text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == source.text)
  }

  @Test("The program of the compiled test is the one that was printed, with every command")
  func same() throws {
    let program = try Program(text: Self.text)
    #expect(try Program(text: GoodRequestsAreServedOnDmaAlloc.text) == program)
    #expect(Set(program.steps.map(\.command.kind)) == Set(Command.Kind.allCases))
  }

  @Test("Any program is printed within the columns of a line, and the literal is its text")
  func widths() throws {
    for seed in 0..<300 as Range<UInt64> {
      let program = Grammar().program(seed: seed)
      let lines = TestSource(program, backends: Backend.all.map(\.id)).text
        .split(separator: "\n", omittingEmptySubsequences: false)
      try #require(lines.allSatisfy { $0.count <= 100 }, "\(lines.filter { $0.count > 100 })")
      let quotes = lines.indices.filter { lines[$0].hasSuffix("\"\"\"") }
      try #require(quotes.count == 2)
      let literal = lines[quotes[0] + 1..<quotes[1]].map { $0.dropFirst(4) }
        .joined(separator: "\n").replacingOccurrences(of: "\\\n", with: "")
      #expect(literal + "\n" == program.text)
    }
  }

  @Test("A program that holds, on the usual machine, without any step is a test as well")
  func plain() {
    let source = TestSource(Program(steps: []), backends: ["pkvm"])
    #expect(source.name == "ProgramHolds")
    #expect(source.text.contains("Lockstep(.core)"))
    #expect(!source.text.contains("BugMuseum"))
  }

  @Test("A test of an exhibit names its rig")
  func exhibit() {
    let source = TestSource(Program(steps: []), backends: ["pkvm"], exhibit: "canary")
    #expect(source.text.hasPrefix("import BugMuseum\n"))
    #expect(source.text.contains("#require(Exhibit.named(\"canary\")).rig\n"))
    #expect(source.text.contains("Lockstep(rig)"))
    #expect(!source.text.contains(".core"))
  }
}
