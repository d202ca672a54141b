import MemorySharing
import SharingModel
import SimulatedHypervisors

/// One point of a run that goes wrong, whatever the program says: how a sweep disturbs it.
///
/// Points are counted over the whole run, from the init to the drop at the end; what the system
/// calls while it is built is not part of it. A program says its faults command by command; global
/// numbers are only how a sweep counts.
public struct Disturbance: Hashable, Codable, Sendable {
  /// What goes wrong at the point.
  public enum Mode: String, CaseIterable, Codable, Sendable {
    /// The hypercall answers -3.
    case fails
    /// It does, and so do all after it.
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
    /// In the middle of a command, just before the hypercall, it does.
    case hostWritesAtCall = "host-writes-at-call"
    /// Between two commands, the host pins all that it can reach, for one command.
    case hostPins = "host-pins"
  }

  public let mode: Mode
  /// The number of the hypercall, of the allocation, or of the gap, each from 1; the first gap is
  /// before the first command, the last before the drop. 0 is every gap, or every hypercall at
  /// which the host writes.
  public let place: Int

  public init(_ mode: Mode, at place: Int) {
    self.mode = mode
    self.place = place
  }
}

extension Disturbance.Mode {
  /// How a hypercall goes wrong; nil where none does.
  package var faultMode: FaultMode? {
    switch self {
    case .fails, .failsFromHereOn: .fails
    case .failsButTakesEffect: .failsButTakesEffect
    case .answersGarbage: .answersGarbage(3)
    case .pinned, .heapRefuses, .hostWrites, .hostWritesAtCall, .hostPins: nil
    }
  }
}

extension Disturbance {
  /// What that is to a monitor that has had `calls` calls before; nil where it is no hypercall.
  func runFault(after calls: Int) -> RunFault? {
    let first = calls + place
    switch mode {
    case .fails, .failsButTakesEffect, .answersGarbage:
      return mode.faultMode.map { RunFault(calls: first..<first + 1, kind: .goesWrong($0)) }
    case .failsFromHereOn:
      return mode.faultMode.map { RunFault(calls: first..<Int.max, kind: .goesWrong($0)) }
    case .pinned: return RunFault(calls: first..<first + 1, kind: .hostPins)
    case .hostWritesAtCall:
      return RunFault(calls: first..<(place == 0 ? Int.max : first + 1), kind: .hostWrites)
    case .heapRefuses, .hostWrites, .hostPins: return nil
    }
  }

  /// Whether the host writes.
  var hostWrites: Bool { mode == .hostWrites || mode == .hostWritesAtCall }

  /// Whether the host acts in a gap.
  func strikes(gap: Int) -> Bool {
    (mode == .hostWrites || mode == .hostPins) && (place == 0 || place == gap)
  }
}

// MARK: - Where there is something to disturb

/// The points of a run: what an undisturbed run of a program shows.
public struct InjectionPoints: Equatable, Sendable {
  public struct Hypercall: Equatable, Sendable {
    /// The step that makes it, as in `Verdict`.
    public let step: Int
    public let function: UInt32
    public let address: UInt64
    /// Whether there was anything that the host could have pinned, or written into.
    public let isReached: Bool
  }

  public internal(set) var hypercalls: [Hypercall] = []
  /// The step of each allocation for the sharer.
  public internal(set) var heapAllocations: [Int] = []
  /// Whether the host can reach anything in each gap.
  public internal(set) var gaps: [Bool] = []

  public init() {}

  mutating func note(_ call: HypercallEvent, in step: Int, isReached: Bool) {
    hypercalls.append(
      Hypercall(step: step, function: call.function, address: call.x1, isReached: isReached))
  }

  /// At how many hypercalls a step is disturbed at most: at the first half of as many and at the
  /// last half. Those in the middle of a long loop are like them, and each costs a whole run; no
  /// command of a sweep's alphabet makes as many.
  public static let mostCallsOfAStep = 64

  /// Every disturbance of a mode, each of which has an effect: a host that reaches nothing has
  /// nothing to pin or to write, and all of its writes are more than one only where there are two.
  public func disturbances(_ mode: Disturbance.Mode) -> [Disturbance] {
    switch mode {
    case .fails, .failsFromHereOn, .failsButTakesEffect, .answersGarbage:
      return disturbedCalls.map { Disturbance(mode, at: $0) }
    case .pinned: return reachedCalls.map { Disturbance(mode, at: $0) }
    case .hostWritesAtCall: return each(reachedCalls, mode)
    case .heapRefuses: return heapAllocations.indices.map { Disturbance(mode, at: $0 + 1) }
    case .hostWrites, .hostPins:
      return each(gaps.indices.filter { gaps[$0] }.map { $0 + 1 }, mode)
    }
  }

  /// The hypercalls of all steps but those in the middle of a long one, from 1.
  private var disturbedCalls: [Int] {
    let half = Self.mostCallsOfAStep / 2
    return hypercalls.indices.filter { call in
      let step = hypercalls[call].step
      return call < half || hypercalls[call - half].step != step
        || call + half >= hypercalls.count || hypercalls[call + half].step != step
    }.map { $0 + 1 }
  }

  /// Those before which the host can reach something.
  private var reachedCalls: [Int] {
    disturbedCalls.filter { hypercalls[$0 - 1].isReached }
  }

  /// Each place by itself, and all at once.
  private func each(_ places: [Int], _ mode: Disturbance.Mode) -> [Disturbance] {
    (places.count < 2 ? places : places + [0]).map { Disturbance(mode, at: $0) }
  }
}

// MARK: - In words

extension Disturbance {
  /// The point in words: "the 7th hypercall, UNSHARE of 0x80000000, fails from there on".
  public func words(_ points: InjectionPoints) -> String {
    switch mode {
    case .fails, .failsFromHereOn, .failsButTakesEffect, .pinned, .answersGarbage:
      let call = call(points).map { ", \($0)," } ?? ""
      return "the \(place.ordinal) hypercall\(call) \(deed)"
    case .hostWritesAtCall where place == 0: return "\(deed) before every hypercall"
    case .hostWritesAtCall:
      let call = call(points).map { ", \($0)" } ?? ""
      return "\(deed) before the \(place.ordinal) hypercall\(call)"
    case .heapRefuses: return "the \(place.ordinal) allocation for the sharer is refused"
    case .hostWrites, .hostPins:
      return "\(deed) \(place == 0 ? "between all commands" : "before the \(next(points))")"
    }
  }

  /// The hypercall of the point.
  private func call(_ points: InjectionPoints) -> String? {
    let calls = points.hypercalls
    return calls.indices.contains(place - 1) ? calls[place - 1].words : nil
  }

  private var deed: String {
    switch mode {
    case .fails: "fails"
    case .failsFromHereOn: "fails from there on"
    case .failsButTakesEffect: "fails but takes effect"
    case .pinned: "finds pinned all that the host can reach"
    case .answersGarbage: "answers garbage"
    case .heapRefuses: "is refused"
    case .hostWrites, .hostWritesAtCall: "the host writes into all that it can reach"
    case .hostPins: "the host pins all that it can reach"
    }
  }

  /// What comes after the gap.
  private func next(_ points: InjectionPoints) -> String {
    place == points.gaps.count ? "drop" : "\(place.ordinal) command"
  }
}

extension InjectionPoints.Hypercall {
  fileprivate var words: String { hypercallWords(function, address) }
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
