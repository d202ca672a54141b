import SharingHarness

/// How much a sweep has tried on one backend.
package struct SweepCounts: Codable, Equatable, Sendable {
  package var backend: String
  /// The programs that were swept, each at all its points.
  package var programs = 0
  /// The programs that were skipped, since shorter ones stand for them.
  package var passedOver = 0
  /// How often programs ran: once each as they are, and once for each point.
  package var runs = 0
  /// The points of each mode, by its name.
  package var points: [String: Int] = [:]

  package init(backend: String) {
    self.backend = backend
  }

  /// The points of a mode.
  package func points(_ mode: Disturbance.Mode) -> Int { points[mode.rawValue, default: 0] }
}
