import MemorySharing

/// Which backings of the pool an invariant is about.
public struct Scope: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static var dynamic: Scope { Scope(rawValue: 1) }
  public static var fixed: Scope { Scope(rawValue: 2) }
  public static var heap: Scope { Scope(rawValue: 4) }
  public static var all: Scope { [.dynamic, .fixed, .heap] }

  public init(_ sharing: SharingSupport) {
    switch sharing {
    case .onDemand: self = .dynamic
    case .beforeBoot: self = .fixed
    case .none: self = .heap
    }
  }
}
