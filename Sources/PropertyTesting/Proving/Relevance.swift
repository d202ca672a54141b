/// How much of a case can have made a difference; the rest need not be tried in all its forms.
///
/// Whoever claims less than everything answers for it: every case that is passed over must end as
/// one that was tried, or will be.
public enum Relevance: Equatable, Sendable {
  /// All of it.
  case everything
  /// So many commands from the front: the program failed at the last of them, so that nothing
  /// behind it ever runs; or it came there to where a shorter or simpler one comes.
  case commands(Int)
  /// So many commands from the front, and no higher last choice of the last of them would change
  /// anything either.
  case commandsButLastChoice(Int)
}
