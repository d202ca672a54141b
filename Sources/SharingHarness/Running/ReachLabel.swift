import SharingModel
import SimulatedHypervisors

/// Something of the space of spec §8 that a run must have reached: an id, a sentence and a
/// predicate on what the lockstep has at hand.
public struct Label: Sendable {
  /// When the predicate is asked, until it holds: the labels of other moments cost nothing then.
  enum Moment: Int, CaseIterable, Sendable {
    /// At the end of the run.
    case end
    /// Once, after the first buffer of pool or heap: about the machine that served it.
    case firstBuffer
    /// Once, after the first buffer of the pool.
    case firstShared
    /// After a buffer of the pool whose magnitude the run has not had: about powers of two.
    case magnitude
    /// After a buffer whose kind, size and alignment the run has not had, about these: of the pool;
    /// one of them aligned to more than 1, for DMA, or a bounce buffer; of the heap.
    case size, aligned, dma, bounce, heapSize
    /// After each buffer of the heap.
    case heap
    /// After a refill that is the first of its size, that makes more regions than there were, or
    /// that follows a quarantine.
    case refill
    /// After each buffer of a pool of several regions that is above the minimum block.
    case regions
    /// After each free that was served, or refused; the key is the way.
    case freed, notFreed
    /// After each free that merged blocks.
    case merged
    /// After each call of one kind that was served, or refused.
    case initialised, notInitialised, mapped, notMapped, unmapped, added, notAdded
    /// After each refusal; the key is the error's number.
    case error
    /// After each refused request for an alignment that is no power of two, or above the arena.
    case oddlyAligned
    /// After each refused request for a size that overflows, or is above the top order.
    case tooLarge
    /// After each refused request for which no region could be taken.
    case notRefilled
    /// After a command in which hypercalls went wrong as none did before in the run: about how.
    case fired
    /// After each command whose own faults fired.
    case faulty
    /// After each command in which something went wrong, on purpose or not, or the host acted.
    case disturbed
    /// After `unshareAll` and the final drop.
    case teardown
    /// After each act of the host, and each write of the guest, that changed something.
    case host
  }

  /// What `list labels` and `--require-reach` call it, in kebab case.
  public let id: String
  public let sentence: String
  let moment: Moment
  /// Which of its moments.
  let key: Int
  /// The backings on which it can be reached at all; a run on others does not need it.
  let backings: Scope
  /// The one backend on which it can be reached, if there is only one.
  let backend: String?
  let holds: @Sendable (Sight) -> Bool

  init(
    _ id: String, _ moment: Moment, key: Int = 0, on backings: Scope = .all,
    backend: String? = nil, _ sentence: String,
    _ holds: @escaping @Sendable (Sight) -> Bool
  ) {
    self.id = id
    self.sentence = sentence
    self.moment = moment
    self.key = key
    self.backings = backings
    self.backend = backend
    self.holds = holds
  }

  /// The backings in words, or the backend, for a table.
  public var scope: String {
    if let backend { return backend }
    if backings == .all { return "all" }
    let names: [(Scope, String)] = [
      (.dynamic, "dynamic"), (.guarded, "with an MMIO guard"),
      (.unguarded, "dynamic without an MMIO guard"), (.fixed, "static"), (.heap, "heap"),
    ]
    return names.filter { backings.contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}

/// Where labels can be reached, beside the backings: a pool that shares on demand does so under a
/// hypervisor with an MMIO guard, or without.
extension Scope {
  // The bits above those of all backings.
  static var guarded: Scope { Scope(rawValue: all.rawValue + 1) }
  static var unguarded: Scope { Scope(rawValue: guarded.rawValue << 1) }

  /// How many sets of them there are.
  static var combinations: Int { unguarded.rawValue << 1 }

  /// Those of a run on a backend.
  init(runOn backend: Backend) {
    self.init(backend.sharing)
    guard self == .dynamic else { return }
    insert(backend.behaviour.mmioGuard == .present ? .guarded : .unguarded)
  }
}

/// A set of labels, by their places in the table.
struct LabelSet: Sendable {
  static var capacity: Int { 448 }
  private var words: InlineArray<7, UInt64> = InlineArray(repeating: 0)

  init() {}

  func contains(_ index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 != 0 }
  mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

  func forEach(_ body: (Int) -> Void) {
    for word in words.indices {
      var rest = words[word]
      while rest != 0 {
        body(word << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }
}
