/// Chooses how much a test plays: all of it where the build optimises, and less where it does not,
/// which is ten to fifty times as slow.
///
/// CI runs all tests in both ways. A bound that depends on what was played is chosen likewise.
public func inRelease<Value>(_ all: Value, debug few: Value) -> Value {
  _isDebugAssertConfiguration() ? few : all
}
