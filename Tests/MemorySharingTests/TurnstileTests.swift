import MemorySharing
import Testing

@Suite struct TurnstileTests {
  /// What a turnstile guards here: a number, and what is called while it is changed.
  private struct Counter: ~Copyable {
    var value = 0
    var calls = 0

    mutating func add(_ interrupt: () throws(ShareError) -> Void) throws(ShareError) {
      calls += 1
      try interrupt()
      value += 1
    }
  }

  @Test("A call in the middle of another is refused as busy, and the other goes on")
  func nested() throws {
    let counter = UnsafeMutablePointer<Counter>.allocate(capacity: 1)
    counter.initialize(to: Counter())
    let flag = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
    let turnstile = Turnstile(counter, isTaken: flag)
    var refusal: ShareError?
    try turnstile.enter { counter throws(ShareError) in
      try counter.add { () throws(ShareError) in
        do throws(ShareError) {
          try turnstile.enter { inner throws(ShareError) in inner.value = 100 }
        } catch {
          refusal = error
        }
      }
    }
    #expect(refusal == .busy)
    #expect(counter.pointee.value == 1)

    // Whoever leaves by an error leaves it open.
    #expect(throws: ShareError.closed) {
      try turnstile.enter { counter throws(ShareError) in
        try counter.add { () throws(ShareError) in throw .closed }
      }
    }
    let value = try turnstile.enter { counter throws(ShareError) in counter.calls }
    #expect(value == 2)
    counter.deinitialize(count: 1)
    counter.deallocate()
    flag.deallocate()
  }
}
