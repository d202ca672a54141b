/// How much a sweep has tried on one backend.
public struct SweepCounts: Codable, Equatable, Sendable {
  public var backend: String
  /// The programs that were swept, each at all its points.
  public var programs = 0
  /// The programs that were passed over, since shorter ones stand for them.
  public var passedOver = 0
  /// How often programs ran: once each as they are, and once for each point.
  public var runs = 0
  /// The points of each mode, by its name.
  public var points: [String: Int] = [:]

  public init(backend: String) {
    self.backend = backend
  }

  /// The points of a mode.
  public func points(_ mode: Disturbance.Mode) -> Int { points[mode.rawValue, default: 0] }
}
