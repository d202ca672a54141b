extension String {
  /// The text, followed by as many spaces as fill a column.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}
