/// Choices of one record that belong together, such as those of one element of an array.
public struct Span: Hashable, Sendable {
  /// What a span is good for, to the shrinker.
  public enum Kind: Hashable, Sendable {
    /// One of a number of like things, together with the choice that there is one more.
    case element
    /// One of several ways to make a thing, the choice of the way first; may contain its like.
    case alternative
    /// Any group, of one value made of several say.
    case group
    /// A try that a filter turned down; what follows stands in its place.
    case rejected
  }

  /// What it is good for.
  public internal(set) var kind: Kind
  /// The positions of its choices in the record.
  public internal(set) var choices: Range<Int>
}
