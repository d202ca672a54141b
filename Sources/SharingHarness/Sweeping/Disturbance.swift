import MemorySharing
import SharingModel
import SimulatedHypervisors

/// One point of a run that goes wrong, whatever the program says: how a sweep disturbs it.
///
/// Points are counted over the whole run, from the init to the drop at the end; what the system
/// calls while it is built is not part of it. A program says its faults command by command; global
/// numbers are only how a sweep counts.
public struct Disturbance: Equatable, Hashable, Sendable {
  /// What goes wrong at the point.
  public enum Mode: String, CaseIterable, Codable, Sendable {
    /// The hypercall answers -3.
    case fails
    /// It does, and so do all behind it.
    case failsFromHereOn = "fails-from-here-on"
    case failsButTakesEffect = "fails-but-takes-effect"
    /// The host pins all that it can reach just before the hypercall.
    case pinned
    /// The hypercall answers a number that is neither 0 nor an error nor a power of two.
    case answersGarbage = "answers-garbage"
    /// The heap refuses what the sharer asks for.
    case heapRefuses = "heap-refuses"
    /// Between two commands, the host writes into all that it can reach.
    case hostWrites = "host-writes"
    /// Between two commands, the host pins all that it can reach, for one command.
    case hostPins = "host-pins"
  }

  public let mode: Mode
  /// The number of the hypercall, of the allocation, or of the gap, each from 1; the first gap is
  /// before the first command, the last before the drop. 0 is every gap.
  public let place: Int

  public init(_ mode: Mode, at place: Int) {
    self.mode = mode
    self.place = place
  }
}

extension Disturbance.Mode {
  /// How a hypercall goes wrong; nil where none does.
  var faultMode: FaultMode? {
    switch self {
    case .fails, .failsFromHereOn: .fails
    case .failsButTakesEffect: .failsButTakesEffect
    case .answersGarbage: .answersGarbage(3)
    case .pinned, .heapRefuses, .hostWrites, .hostPins: nil
    }
  }
}

extension Disturbance {
  /// What that is to a monitor that has had so many calls before; nil where it is no hypercall.
  func runFault(behind calls: Int) -> RunFault? {
    let first = calls + place
    switch mode {
    case .fails, .failsButTakesEffect, .answersGarbage, .pinned:
      return RunFault(calls: first..<first + 1, mode: mode.faultMode)
    case .failsFromHereOn: return RunFault(calls: first..<Int.max, mode: mode.faultMode)
    case .heapRefuses, .hostWrites, .hostPins: return nil
    }
  }

  /// Whether the host acts in a gap.
  func strikes(gap: Int) -> Bool {
    (mode == .hostWrites || mode == .hostPins) && (place == 0 || place == gap)
  }
}

// MARK: - Where there is something to disturb

/// The points of a run: what an undisturbed run of a program shows.
public struct Occasions: Equatable, Sendable {
  public struct Hypercall: Equatable, Sendable {
    /// The step that makes it, as in `Verdict`.
    public let step: Int
    public let function: UInt32
    public let address: UInt64
    /// Whether there was anything that the host could have pinned.
    public let isReached: Bool
  }

  public internal(set) var hypercalls: [Hypercall] = []
  /// The step of each allocation for the sharer.
  public internal(set) var heapAllocations: [Int] = []
  /// Whether the host can reach anything in each gap.
  public internal(set) var gaps: [Bool] = []

  mutating func note(_ call: HypercallEvent, in step: Int, isReached: Bool) {
    hypercalls.append(
      Hypercall(step: step, function: call.function, address: call.x1, isReached: isReached))
  }

  mutating func noteHeapAllocations(_ count: Int, in step: Int) {
    for _ in 0..<count { heapAllocations.append(step) }
  }

  /// Every disturbance of a mode, each of which comes to something: a host that reaches nothing has
  /// nothing to pin or to write, and in every gap is more than in one only where two count.
  public func disturbances(_ mode: Disturbance.Mode) -> [Disturbance] {
    switch mode {
    case .fails, .failsFromHereOn, .failsButTakesEffect, .answersGarbage:
      return hypercalls.indices.map { Disturbance(mode, at: $0 + 1) }
    case .pinned:
      return hypercalls.indices.filter { hypercalls[$0].isReached }
        .map { Disturbance(mode, at: $0 + 1) }
    case .heapRefuses: return heapAllocations.indices.map { Disturbance(mode, at: $0 + 1) }
    case .hostWrites, .hostPins:
      let single = gaps.indices.filter { gaps[$0] }.map { Disturbance(mode, at: $0 + 1) }
      return single.count < 2 ? single : single + [Disturbance(mode, at: 0)]
    }
  }
}

// MARK: - In words

extension Disturbance {
  /// The point in words: "the 7th hypercall, UNSHARE of 0x80000000, fails from there on".
  public func words(_ occasions: Occasions) -> String {
    switch mode {
    case .fails, .failsFromHereOn, .failsButTakesEffect, .pinned, .answersGarbage:
      let call =
        occasions.hypercalls.indices.contains(place - 1)
        ? ", \(occasions.hypercalls[place - 1].words)," : ""
      return "the \(place.ordinal) hypercall\(call) \(deed)"
    case .heapRefuses: return "the \(place.ordinal) allocation for the sharer is refused"
    case .hostWrites, .hostPins:
      return "\(deed) \(place == 0 ? "between all commands" : "before the \(behind(occasions))")"
    }
  }

  private var deed: String {
    switch mode {
    case .fails: "fails"
    case .failsFromHereOn: "fails from there on"
    case .failsButTakesEffect: "fails but takes effect"
    case .pinned: "finds pinned all that the host can reach"
    case .answersGarbage: "answers garbage"
    case .heapRefuses: "is refused"
    case .hostWrites: "the host writes into all that it can reach"
    case .hostPins: "the host pins all that it can reach"
    }
  }

  /// What comes behind the gap.
  private func behind(_ occasions: Occasions) -> String {
    place == occasions.gaps.count ? "drop" : "\(place.ordinal) command"
  }
}

extension Occasions.Hypercall {
  fileprivate var words: String {
    let name = HypercallFunction(rawValue: function)?.words ?? "function \(hex(UInt64(function)))"
    return takesAddress ? "\(name) of \(hex(address))" : name
  }

  private var takesAddress: Bool {
    switch HypercallFunction(rawValue: function) {
    case .memShare, .memUnshare, .mmioGuardMap, .mmioGuardUnmap: true
    case .vendorUID, .memInfo, .mmioGuardInfo, .mmioGuardEnroll, nil: false
    }
  }
}

extension HypercallFunction {
  fileprivate var words: String {
    switch self {
    case .vendorUID: "UID"
    case .memInfo: "MEMINFO"
    case .memShare: "SHARE"
    case .memUnshare: "UNSHARE"
    case .mmioGuardInfo: "MMIO INFO"
    case .mmioGuardEnroll: "MMIO ENROLL"
    case .mmioGuardMap: "MMIO MAP"
    case .mmioGuardUnmap: "MMIO UNMAP"
    }
  }
}

extension Int {
  /// 1st, 2nd, 3rd, 4th, …
  fileprivate var ordinal: String {
    if (11...13).contains(self % 100) { return "\(self)th" }
    switch self % 10 {
    case 1: return "\(self)st"
    case 2: return "\(self)nd"
    case 3: return "\(self)rd"
    default: return "\(self)th"
    }
  }
}
