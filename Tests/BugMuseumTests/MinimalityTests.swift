import BugMuseum
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

@Suite struct MinimalityTests {
  private static func prove(
    _ id: String, _ text: String, on backend: Backend, budget: Int = 100_000
  ) throws -> Minimality {
    let lockstep = Lockstep(try #require(Exhibit.named(id)).rig)
    let program = try Program(text: text)
    let fingerprint = try #require(lockstep.run(program, on: backend)?.fingerprint)
    return MinimalityProof(budget: budget)(program, keeping: fingerprint) {
      lockstep.run($0, on: backend)?.attempt ?? .impossible
    }
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
    #expect(try Program(text: try #require(minimality.smaller)).steps.count == 1)
  }

  @Test("A proof finds the smaller program that stands behind a large one")
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
    let smaller = try Program(text: try #require(minimality.smaller))
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
}
