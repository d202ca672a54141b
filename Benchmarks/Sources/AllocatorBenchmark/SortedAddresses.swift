/// A sorted set of addresses: sorted buckets in a sorted array, everything in descending order, so
/// that the lowest address is the last of the last bucket.
///
/// Taking the lowest is O(1). Looking up is O(log n). Inserting and removing move at most a bucket
/// of elements, and the list of buckets when one appears or goes: O(capacity + n / capacity).
struct SortedAddresses {
  private static let capacity = 128
  private var buckets: [[UInt64]] = []

  var isEmpty: Bool { buckets.isEmpty }

  mutating func popLowest() -> UInt64? {
    guard let last = buckets.indices.last, let lowest = buckets[last].popLast() else { return nil }
    if buckets[last].isEmpty { buckets.removeLast() }
    return lowest
  }

  mutating func insert(_ address: UInt64) {
    guard !buckets.isEmpty else { return buckets.append([address]) }
    let bucket = min(bucketIndex(of: address), buckets.count - 1)
    buckets[bucket].insert(address, at: Self.index(of: address, in: buckets[bucket]))
    if buckets[bucket].count > Self.capacity { split(bucket) }
  }

  /// - Returns: whether the address was in the set.
  mutating func remove(_ address: UInt64) -> Bool {
    let bucket = bucketIndex(of: address)
    guard bucket < buckets.count else { return false }
    let index = Self.index(of: address, in: buckets[bucket])
    guard index < buckets[bucket].count, buckets[bucket][index] == address else { return false }
    buckets[bucket].remove(at: index)
    if buckets[bucket].isEmpty { buckets.remove(at: bucket) }
    return true
  }

  private mutating func split(_ bucket: Int) {
    let middle = buckets[bucket].count / 2
    buckets.insert(Array(buckets[bucket][middle...]), at: bucket + 1)
    buckets[bucket].removeSubrange(middle...)
  }

  /// The bucket that would hold this address; the number of buckets when it is below them all.
  private func bucketIndex(of address: UInt64) -> Int {
    partitionPoint(below: buckets.count) { buckets[$0][buckets[$0].count - 1] > address }
  }

  private static func index(of address: UInt64, in bucket: [UInt64]) -> Int {
    partitionPoint(below: bucket.count) { bucket[$0] > address }
  }
}

/// The first index that does not belong to the front; `count` when all do. A binary search.
private func partitionPoint(below count: Int, belongsToFront: (Int) -> Bool) -> Int {
  var (low, high) = (0, count)
  while low < high {
    let middle = (low + high) / 2
    if belongsToFront(middle) { low = middle + 1 } else { high = middle }
  }
  return low
}
