import SharingHarness
import SharingModel

/// How sure it is that a program is the smallest that fails in its way.
package struct Minimality: Equatable, Codable, Sendable {
  /// The number of its commands.
  package var length: Int
  /// All programs with fewer commands than this were tried: as many as it has, if it is proved
  /// minimal.
  package var reached: Int
  /// How many programs were run.
  package var tried: Int
  /// What they were made of.
  package var alphabet: [String]
  /// A smaller program that fails in the same way, if there is one.
  package var smaller: Program?

  /// Whether no smaller program fails in the same way.
  package var isProved: Bool { smaller == nil && reached == length }
}
