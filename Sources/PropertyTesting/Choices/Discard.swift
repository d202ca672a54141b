/// Thrown by a generator or a check for a case that says nothing: a precondition did not hold.
public struct Discard: Error, Equatable, Sendable {
  /// A discard.
  @inlinable
  public init() {}
}
