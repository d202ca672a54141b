import MemorySharing
import SimulatedHypervisors

/// One thing that must always be so: a name, a sentence, and a check that answers with evidence.
///
/// Its place in `Invariant.all` is its precedence: harm comes before tidiness.
public struct Invariant: Sendable {
  typealias EventCheck = @Sendable (Model, PortEvent) -> Evidence?
  typealias CommandCheck = @Sendable (Model) -> Evidence?

  public let id: String
  /// What must be so, in one sentence.
  public let sentence: String
  /// The backings it is about; on others it is not checked.
  public let scope: Scope
  /// What the check needs to see; where a system does not show it, it is not checked.
  public let needs: Capabilities
  /// Asked before the model applies an event.
  let onEvent: EventCheck?
  /// The events it wants to be asked about.
  let events: EventKinds
  /// Asked after every command.
  let afterCommand: CommandCheck?

  init(
    _ id: String, _ sentence: String, scope: Scope = .all, needs: Capabilities = [],
    events: EventKinds, onEvent: @escaping EventCheck, afterCommand: CommandCheck? = nil
  ) {
    self.id = id
    self.sentence = sentence
    self.scope = scope
    self.needs = needs
    self.events = events
    self.onEvent = onEvent
    self.afterCommand = afterCommand
  }

  init(
    _ id: String, _ sentence: String, scope: Scope = .all, needs: Capabilities = [],
    afterCommand: CommandCheck? = nil
  ) {
    self.id = id
    self.sentence = sentence
    self.scope = scope
    self.needs = needs
    self.events = []
    self.onEvent = nil
    self.afterCommand = afterCommand
  }
}

/// Why an invariant does not hold.
public struct Evidence: Equatable, Sendable, ExpressibleByStringInterpolation {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }
}

extension Evidence: Codable {
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// What a system must show of itself for a check to be possible.
public struct Capabilities: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The free blocks of its allocators.
  public static var freeBlocks: Capabilities { Capabilities(rawValue: 1) }
  /// The steps of its allocators.
  public static var steps: Capabilities { Capabilities(rawValue: 2) }
  /// The placement rule of this house (spec §3.3).
  public static var placement: Capabilities { Capabilities(rawValue: 4) }
  /// That regions are shared in bulk, serve any buffer, and are taken only when the pool cannot
  /// serve. Without it, a dynamic or heap-mode system may share for one buffer alone.
  public static var pooling: Capabilities { Capabilities(rawValue: 8) }
  /// Errors that name the fault, and not just any error.
  public static var namedErrors: Capabilities { Capabilities(rawValue: 16) }
  /// A run of the same program with other host writes beside it.
  public static var twin: Capabilities { Capabilities(rawValue: 32) }
  /// The port calls of spec §4 and §5, each in the place that is given there.
  public static var callOrder: Capabilities { Capabilities(rawValue: 256) }
  /// Teardowns that tell what they could not take back.
  public static var reports: Capabilities { Capabilities(rawValue: 128) }
  /// A turnstile, which refuses a call in the middle of another one.
  public static var turnstile: Capabilities { Capabilities(rawValue: 512) }
  /// A process of its own.
  public static var supervision: Capabilities { Capabilities(rawValue: 64) }
}

/// The kinds of port event.
struct EventKinds: OptionSet, Sendable {
  let rawValue: Int

  static var hypercalls: EventKinds { EventKinds(rawValue: 1) }
  static var heap: EventKinds { EventKinds(rawValue: 2) }
  static var memory: EventKinds { EventKinds(rawValue: 4) }

  static let each: [EventKinds] = [.hypercalls, .heap, .memory]

  /// The place of an event's kind in `each`; nil for an event that no invariant is about.
  static func place(of event: PortEvent) -> Int? {
    switch event {
    case .hypercall: 0
    case .heapAllocated, .heapFreed: 1
    case .memoryZeroed, .memoryCopied, .memoryFilled: 2
    case .heapRefused, .heapRefusedFree, .abandoned: nil
    }
  }
}
