import SimulatedHypervisors

/// Parts of a program, of the host's and of chance, that programs can leave out.
public struct ProgramParts: OptionSet, Hashable, Codable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The host writes into what it reaches, between commands and in their middle.
  public static var hostWrites: ProgramParts { ProgramParts(rawValue: 1) }
  /// The host pins granules, between commands and in their middle.
  public static var pins: ProgramParts { ProgramParts(rawValue: 2) }
  /// Hypercalls and the heap fail.
  public static var faults: ProgramParts { ProgramParts(rawValue: 4) }
  /// The guest calls in the middle of a call.
  public static var nestedCalls: ProgramParts { ProgramParts(rawValue: 8) }

  /// Each of them with its name.
  public static var names: [(String, ProgramParts)] {
    [
      ("host-writes", .hostWrites), ("pins", .pins), ("faults", .faults),
      ("nested-calls", .nestedCalls),
    ]
  }
}

extension Command.Kind {
  /// The part that a command of this kind is; none for a call of the guest.
  var part: ProgramParts {
    switch self {
    case .scribble: .hostWrites
    case .pin, .unpinAll: .pins
    case .standingFault: .faults
    default: []
    }
  }
}

extension Grammar.FaultKind {
  var part: ProgramParts {
    switch self {
    case .none: []
    case .hypercall, .hypercalls, .heapAllocation, .heapFree: .faults
    case .host(.writes): .hostWrites
    case .host(.pins), .host(.unpins): .pins
    case .guest: .nestedCalls
    }
  }
}
