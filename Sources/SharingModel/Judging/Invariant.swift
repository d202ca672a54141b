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
    case .memoryZeroed, .memoryCopied, .memoryFilled, .memoryStored: 2
    case .heapRefused, .heapRefusedFree, .abandoned: nil
    }
  }
}
