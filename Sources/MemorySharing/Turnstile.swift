/// Lets one call at a time into what it guards, and refuses a call in the middle of another.
///
/// For a guest whose interrupt handlers allocate, too: a handler may run in the middle of a
/// hypercall, when a book of the pool's is half written. Such a guest has its pool, and all else
/// that the handlers use, behind one turnstile, and enters by it alone; a pool without one costs
/// nothing more. It is for one processor: on several the caller takes a lock as well, with
/// interrupts off (spec §4, a call inside a call).
///
/// AOSP: `SpinMutex` around `SHARED_POOL`, on which such a handler would wait for ever.
public struct Turnstile<Guarded: ~Copyable>: ~Copyable {
  @usableFromInline
  let guarded: UnsafeMutablePointer<Guarded>
  @usableFromInline
  let isTaken: UnsafeMutablePointer<Bool>

  /// A turnstile with nobody inside.
  ///
  /// - Parameters:
  ///   - guarded: what it guards; initialised, and used by nobody else while the turnstile is.
  ///   - isTaken: storage for its one bit of state, which it initialises.
  @inlinable
  public init(_ guarded: UnsafeMutablePointer<Guarded>, isTaken: UnsafeMutablePointer<Bool>) {
    self.guarded = guarded
    self.isTaken = isTaken
    isTaken.initialize(to: false)
  }

  /// Makes a call, unless one is being made.
  ///
  /// - Throws: `busy`, with nothing done, in the middle of another call; and what `call` throws.
  @inlinable
  public func enter<Result>(
    _ call: (inout Guarded) throws(ShareError) -> Result
  ) throws(ShareError) -> Result {
    guard isTaken.take() else { throw .busy }
    defer { isTaken.release() }
    return try call(&guarded.pointee)
  }
}

// Never inlined, so that the compiler moves nothing of a call before the one or behind the other.
extension UnsafeMutablePointer<Bool> {
  /// Sets the flag; false where it was set.
  @inline(never) @usableFromInline
  func take() -> Bool {
    if pointee { return false }
    pointee = true
    return true
  }

  @inline(never) @usableFromInline
  func release() { pointee = false }
}
