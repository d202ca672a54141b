import MemorySharing
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// What a system shows of itself is held to what the model knows, field by field.
@Suite struct ObservationJudgedTests {
  /// Changes a field where it can, and says whether it did.
  private typealias Change = @Sendable (inout Observation) -> Bool

  private enum Judged: Sendable {
    /// Any other value is objected to.
    case predicted([Change])
    /// A value far away is objected to.
    case bounded(Change)
    /// Not the system's to say, for this reason.
    case free(String, Change)
  }

  private static func blocks(
    _ path: WritableKeyPath<Observation, [Observation.Block]?> & Sendable
  ) -> Judged {
    func change(_ deed: @escaping @Sendable (inout [Observation.Block]) -> Void) -> Change {
      { observation in
        guard observation[keyPath: path]?.isEmpty == false else { return false }
        deed(&observation[keyPath: path]!)
        return true
      }
    }
    return .predicted([
      change { $0.removeLast() }, change { $0.append($0[0]) }, change { $0[0].order += 1 },
      change { $0[0].address += 4096 },
    ])
  }

  private static let fields: [String: Judged] = [
    "poolFree": blocks(\.poolFree), "heapFree": blocks(\.heapFree),
    "steps": .bounded {
      $0.steps = .max
      return true
    },
    "indexDepth": .bounded {
      $0.indexDepth = .max
      return true
    },
    "quarantine": .predicted([
      {
        guard $0.quarantine != nil else { return false }
        $0.quarantine?.insert(AddressRange(uncheckedStart: 1 << 40, size: 4096))
        return true
      },
      {
        guard $0.quarantine?.isEmpty == false else { return false }
        $0.quarantine?.removeAll()
        return true
      },
    ]),
    "quarantineRegions": .predicted([
      {
        guard $0.quarantine != nil else { return false }
        $0.quarantineRegions.append(AddressRange(uncheckedStart: 1 << 40, size: 4096))
        return true
      },
      {
        guard $0.quarantine != nil, !$0.quarantineRegions.isEmpty else { return false }
        $0.quarantineRegions.removeLast()
        return true
      },
    ]),
    "unclaimed": .predicted([
      {
        guard $0.unclaimed == nil else { return false }
        $0.unclaimed = AddressRange(uncheckedStart: 1 << 40, size: 4096)
        return true
      }
    ]),
    "wantsQuarantine": .free("the harness asks") {
      $0.wantsQuarantine.toggle()
      return true
    },
    "overrun": .free("the machine tells") {
      $0.overrun = "nothing"
      return true
    },
  ]

  private final class Looks: @unchecked Sendable {
    weak var lockstep: Lockstep?
    var count = 0
    var stepOfChange: Int?
  }

  /// Plays a program with one look changed; nil where nothing could be changed there.
  private static func isSeen(_ change: @escaping Change, at look: Int) throws -> Bool? {
    let program = try Program(
      text: """
        \(Program.textHeader)
        machine minimum-block=16
        allocate a 8192 align 1
        allocate b 20000 align 1
        heap-allocate c 64 align 16
        free b
        pin a
        unshare-all
        end
        """)
    let looks = Looks()
    let rig = Rig(id: "looked-at", shown: .everything) { machine in
      Sabotage(
        try CoreSystem(machine), machine, tamper: { $1.honest($0) },
        look: { observation in
          if looks.count == look, change(&observation) { looks.stepOfChange = looks.lockstep?.step }
          looks.count += 1
        })
    }
    let lockstep = Lockstep(rig)
    looks.lockstep = lockstep
    let verdict = try #require(lockstep.verdict(of: program, on: .pkvm))
    guard let step = looks.stepOfChange else { return nil }
    return !verdict.holds && verdict.failingStep == step
  }

  @Test("Every field that a system shows is predicted, bounded, or not its own")
  func fields() throws {
    #expect(
      Set(Mirror(reflecting: Observation()).children.map { $0.label ?? "" })
        == Set(Self.fields.keys))
    for (name, judged) in Self.fields {
      let changes: [Change]
      var mustBeSeen = true
      switch judged {
      case .predicted(let all): changes = all
      case .bounded(let one): changes = [one]
      case .free(_, let one):
        changes = [one]
        mustBeSeen = false
      }
      for (number, change) in changes.enumerated() {
        // A pool that was closed serves nothing: its blocks are nobody's.
        let looks = name == "poolFree" ? 0..<6 : 0..<8
        let seen = try looks.compactMap { try Self.isSeen(change, at: $0) }
        #expect(
          !seen.isEmpty && seen.allSatisfy { $0 == mustBeSeen }, "\(name), \(number): \(seen)")
      }
    }
  }
}
