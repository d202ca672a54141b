extension Array {
  /// Removes what is there and keeps the storage; an empty array costs a look.
  @inlinable
  package mutating func clear() { if !isEmpty { removeAll(keepingCapacity: true) } }
}
