import BugMuseum
import Exploration
import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

@Suite struct MinimalityTests {
  private static func prove(
    _ id: String, _ text: String, on backend: Backend, budget: Int = 100_000
  ) throws -> Minimality {
    let stage = LocalStage(try #require(Exhibit.named(id)).rig)
    let program = try Program(text: text)
    let fingerprint = try #require(try stage.play(Case(program, on: backend))?.verdict.fingerprint)
    return try MinimalityProof(program, on: backend, keeping: fingerprint, budget: budget)
      .explore(on: stage)
  }

  /// Two buddies of the top order, of which one is freed.
  private static let merges = """
    machine pool-orders=1 minimum-block=4096 arena=0x80000000+0x2000
    allocate a 1 align 1
    free a
    end
    """

  @Test("A minimum of two commands is proved, with all smaller programs of its alphabet tried")
  func proved() throws {
    let minimality = try Self.prove("merges-past-the-top-order", Self.merges, on: .gunyah)
    #expect(minimality.isProved)
    #expect(minimality.reached == 2 && minimality.tried > 5)
    #expect(minimality.lines[0].hasPrefix("No smaller program fails in this way: "))
  }

  @Test("What ends with the drop is proved with every kind of last command")
  func ending() throws {
    let text = """
      machine
      allocate a 1 align 1
      unshare-all
      end
      """
    let minimality = try Self.prove("leaks-what-was-not-freed", text, on: .pkvm)
    #expect(try #require(minimality.smaller).steps.count == 1)
  }

  @Test("A proof finds the smaller program in a large one")
  func planted() throws {
    let text = """
      machine
      allocate c 12288 align 4096
      scribble
      allocate d 3 align 1
      end
      """
    let minimality = try Self.prove("leaks-what-was-not-freed", text, on: .pkvm)
    #expect(!minimality.isProved)
    let smaller = try #require(minimality.smaller)
    #expect(smaller.steps.count == 1)
    #expect(minimality.lines[0].hasPrefix("A smaller program fails in the same way"))
  }

  @Test("A proof whose budget is too small says how far it came")
  func budget() throws {
    let minimality = try Self.prove(
      "merges-past-the-top-order", Self.merges, on: .gunyah, budget: 3)
    #expect(!minimality.isProved)
    #expect(minimality.reached == 1 && minimality.tried == 3)
    #expect(
      minimality.lines[0] == "Not proved minimal: none with fewer than 1 command fails in this way,"
        + " and the budget ended after 3 programs.")
  }

  /// How a program of the alphabet of another fails, and in how few commands a sample showed it.
  private struct Seen {
    var fingerprint: Fingerprint
    var length: Int
  }

  @Test(
    "Whatever random programs of an alphabet show, its pruned proof finds, and in no more commands",
    arguments: [
      ("merges-past-the-top-order", Backend.gunyah), ("dma-not-zeroed", .gunyah),
      ("leaks-what-was-not-freed", .pkvm), ("canary", .kvm),
    ])
  func soundness(id: String, backend: Backend) throws {
    let lockstep = Lockstep(try #require(Exhibit.named(id)).rig)
    let base = try Program(text: Self.merges)
    let alphabet = Alphabet(of: base)
    var seen: [Seen] = []
    for seed in 0..<inRelease(6000, debug: 400) as Range<UInt64> {
      var choices = Choices(seed: seed, maximumLength: 2)
      let program = alphabet.program(from: &choices, length: 3)
      guard let verdict = lockstep.verdict(of: program, on: backend),
        let fingerprint = verdict.fingerprint
      else { continue }
      let length = min(verdict.failingStep + 1, program.steps.count)
      if let index = seen.firstIndex(where: { $0.fingerprint == fingerprint }) {
        seen[index].length = min(seen[index].length, length)
      } else {
        seen.append(Seen(fingerprint: fingerprint, length: length))
      }
    }
    #expect(!seen.isEmpty)
    var longest = base
    longest.steps.append(contentsOf: base.steps.suffix(1))
    for seen in seen.prefix(inRelease(.max, debug: 2)) {
      let minimality = try MinimalityProof(longest, on: backend, keeping: seen.fingerprint)
        .explore(on: LocalStage(lockstep))
      let smaller = try #require(minimality.smaller, "\(seen)")
      #expect(smaller.steps.count <= seen.length, "\(seen)")
      #expect(lockstep.verdict(of: smaller, on: backend)?.fingerprint == seen.fingerprint)
    }
  }

  @Test("A program loses a command where another one must become larger for that")
  func replacing() throws {
    let text = """
      machine arena=0x80000000+0x10 static-pages=1
      allocate a 1 align 1
      scribble
      allocate a 1 align 1
      allocate a 1 align 1
      end
      """
    let lockstep = Lockstep(try #require(Exhibit.named("metadata-in-shared-memory")).rig)
    let program = try Program(text: text)
    let fingerprint = try #require(lockstep.verdict(of: program, on: .gunyah)?.fingerprint)
    func shrunk(_ minimiser: Minimiser) -> Int? {
      minimiser.minimise(program, keeping: fingerprint) {
        lockstep.verdict(of: $0, on: .gunyah)
      }?.program.steps.count
    }
    var replacing = Minimiser()
    replacing.shorterPrograms = 0
    #expect(shrunk(replacing) == 3)
    var lowering = Minimiser()
    lowering.replacements = 0
    lowering.restarts = 0
    #expect(shrunk(lowering) == 4)
  }

  @Test("A short program loses a command where a fault does what the command did")
  func exhausting() throws {
    let text = """
      standing-fault fails
      allocate a 1 align 1
      end
      """
    let lockstep = Lockstep(try #require(Exhibit.named("failed-but-took-effect")).rig)
    let program = try Program(text: text)
    let fingerprint = try #require(lockstep.verdict(of: program, on: .pkvm)?.fingerprint)
    func shrunk(_ minimiser: Minimiser) -> Int? {
      minimiser.minimise(program, keeping: fingerprint) {
        lockstep.verdict(of: $0, on: .pkvm)
      }?.program.steps.count
    }
    #expect(shrunk(Minimiser()) == 1)
    var lowering = Minimiser()
    lowering.shorterPrograms = 0
    #expect(shrunk(lowering) == 2)
  }
}
