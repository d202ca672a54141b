import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  /// Bugs that begin at a power of two, one for each that a random program can reach: what is drawn
  /// too seldom shows at the first that is not found.
  public static let thresholds: [Exhibit] =
    (5...24).map(servesTwice(fromBitsOf:)) + (0...10).map(shares(granulesOfBits:))
    + (0...6).map(remembers(regionsOfBits:))

  /// A block of 2^`bits` bytes or more stays free after it was served.
  private static func servesTwice(fromBitsOf bits: UInt64) -> Exhibit {
    Exhibit(
      "serves-twice-from-2^\(bits)", "A block of 2^\(bits) bytes or more stays free.",
      source: "ours: a threshold", seenBy: ["frames-are-conserved"]
    ) { machine in
      try CoreSystem(machine, poolBlocks: GenerousBlocks(machine, from: 1 << bits))
    }
  }

  /// Of a region, 2^`bits` granules are shared and no more.
  private static func shares(granulesOfBits bits: UInt64) -> Exhibit {
    Exhibit(
      "shares-2^\(bits)-granules", "Of a region 2^\(bits) granules are shared, and no more.",
      source: "ours: a threshold", seenBy: ["live-buffers-lie-in-shared-granules"],
      scope: .dynamic, shown: Capabilities.everything.subtracting([.callOrder, .reports])
    ) { machine in
      try StingyPorts(machine, granules: 1 << bits).system()
    }
  }

  /// A teardown takes back the first 2^`bits` regions and forgets the others.
  private static func remembers(regionsOfBits bits: UInt64) -> Exhibit {
    Exhibit(
      "remembers-2^\(bits)-regions", "A teardown forgets all but the first 2^\(bits) regions.",
      source: "ours: a threshold", seenBy: ["nothing-is-shared-after-teardown"], scope: .dynamic
    ) { machine in
      try ShortMemoryPorts(machine, regions: 1 << bits).system()
    }
  }
}
