/// What a system shows of itself, and what it promises; a check that needs more is not made.
public struct Capabilities: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The free blocks of its allocators.
  public static var freeBlocks: Capabilities { Capabilities(rawValue: 1) }
  /// The steps of its allocators.
  public static var steps: Capabilities { Capabilities(rawValue: 2) }
  /// The placement rule of this house (spec §3.3).
  public static var placement: Capabilities { Capabilities(rawValue: 4) }
  /// That regions are shared in bulk, serve any buffer, and are taken only when the pool cannot
  /// serve. Without it, a dynamic or heap-mode system may share for one buffer alone.
  public static var pooling: Capabilities { Capabilities(rawValue: 8) }
  /// Errors that name the fault, and not just any error.
  public static var namedErrors: Capabilities { Capabilities(rawValue: 16) }
  /// A run of the same program with other host writes beside it.
  public static var twin: Capabilities { Capabilities(rawValue: 32) }
  /// A process of its own, or a call that can be left where it halts.
  public static var supervision: Capabilities { Capabilities(rawValue: 64) }
  /// Teardowns that tell what they could not take back.
  public static var reports: Capabilities { Capabilities(rawValue: 128) }
  /// The port calls of spec §4 and §5, each in the place that is given there.
  public static var callOrder: Capabilities { Capabilities(rawValue: 256) }
  /// A turnstile, which refuses a call in the middle of another one.
  public static var turnstile: Capabilities { Capabilities(rawValue: 512) }
  /// Errors that carry what was asked and what was answered.
  public static var evidence: Capabilities { Capabilities(rawValue: 1024) }
  /// Memory that is zeroed where it is handed out, and scrubbed where it goes back.
  public static var zeroing: Capabilities { Capabilities(rawValue: 2048) }

  /// A heap that is not its own: of the arena it writes its regions only.
  public static var foreignHeap: Capabilities { Capabilities(rawValue: 262144) }

  // Without these a system is asked less.

  /// That a free of what is not allocated so is refused, and harms nothing.
  public static var checkedFrees: Capabilities { Capabilities(rawValue: 4096) }
  /// That a free is right whose layout has the size of the block, if it is another layout.
  public static var freesByBlock: Capabilities { Capabilities(rawValue: 8192) }
  /// A pool that refuses every call after a teardown.
  public static var closing: Capabilities { Capabilities(rawValue: 16384) }

  // Without these the guest may halt.

  /// That it goes on after a call outside its contract,
  public static var survivesBadRequests: Capabilities { Capabilities(rawValue: 32768) }
  /// after a request that nobody can serve,
  public static var survivesExhaustion: Capabilities { Capabilities(rawValue: 65536) }
  /// after a hypercall that fails.
  public static var survivesFailures: Capabilities { Capabilities(rawValue: 131072) }

  /// What the specification promises of calls, whoever implements it.
  public static var contract: Capabilities {
    [
      .namedErrors, .evidence, .zeroing, .checkedFrees, .freesByBlock, .closing,
      .survivesBadRequests, .survivesExhaustion, .survivesFailures,
    ]
  }
}
