import MemorySharing

/// Something that happened at one of the core's ports, told when it has happened.
public enum PortEvent: Equatable, Sendable {
  case hypercall(HypercallEvent)
  /// The guest zeroed these bytes.
  case memoryZeroed(AddressRange)
  /// The guest copied bytes from one run to another of the same size.
  case memoryCopied(from: AddressRange, to: AddressRange)
  /// The guest's driver or the host wrote these bytes; the origin says which of them.
  case memoryFilled(AddressRange, ByteOrigin)
  /// The system under test wrote these bytes otherwise; the origin says what they are.
  case memoryStored(AddressRange, ByteOrigin)
  /// The sharer took a region from the heap, or gave it back, with its alignment in bytes.
  case heapAllocated(AddressRange, alignment: UInt64)
  case heapFreed(AddressRange, alignment: UInt64)
  /// The heap did not serve the sharer what it asked for: on purpose, or since it has none.
  case heapRefused(Layout, onPurpose: Bool)
  /// The heap did not take a region back.
  case heapRefusedFree(AddressRange)
  /// The owner was dropped and could not take these granules back.
  case abandoned(AddressRange)
}

/// One hypercall: what was asked, what was answered, what it really did.
public struct HypercallEvent: Equatable, Sendable {
  /// The lower word of x0, as it was before the call.
  public let function: UInt32
  /// The function that it names; nil for one that no specification knows.
  public let known: HypercallFunction?
  public let x1: UInt64
  public let x2: UInt64
  public let x3: UInt64
  /// x0 after the call, as the guest sees it.
  public let answer: UInt64
  public let effect: HypercallEffect
  /// How the call was made to fail, if it was.
  public let fault: FaultMode?

  public init(
    asked: HypercallRegisters, answer: UInt64, effect: HypercallEffect, fault: FaultMode?
  ) {
    let function = UInt32(truncatingIfNeeded: asked.x0)
    self.init(
      asked: asked, of: HypercallFunction(rawValue: function), answer: answer, effect: effect,
      fault: fault)
  }

  init(
    asked: HypercallRegisters, of known: HypercallFunction?, answer: UInt64,
    effect: HypercallEffect, fault: FaultMode?
  ) {
    self.function = UInt32(truncatingIfNeeded: asked.x0)
    self.known = known
    self.x1 = asked.x1
    self.x2 = asked.x2
    self.x3 = asked.x3
    self.answer = answer
    self.effect = effect
    self.fault = fault
  }
}

/// What a hypercall changed, whatever it answered.
public enum HypercallEffect: Equatable, Sendable {
  case none
  case becameShared(AddressRange)
  case becamePrivate(AddressRange)
  case mmioMapped(PhysicalAddress)
  case mmioUnmapped(PhysicalAddress)
  /// The guest gets an exception in place of an answer, again wherever it returns to its HVC. A
  /// simulated one goes on, with -3, so that this can be judged.
  case neverAnswers
}

/// The one stream of port events that memory, monitor and heap send into, in the order in which
/// things happen.
public final class PortEventStream {
  /// Gets every event, after it took effect. With nil, events are not even made.
  public var observer: ((PortEvent) -> Void)? {
    get { ear?.hear }
    set { ear = newValue.map(Ear.init) }
  }

  /// The observer, which is borrowed to be told: to copy a closure counts references.
  @usableFromInline
  struct Ear: ~Copyable {
    @usableFromInline let hear: (PortEvent) -> Void

    init(_ hear: @escaping (PortEvent) -> Void) { self.hear = hear }

    @inlinable
    func tell(_ event: PortEvent) { hear(event) }
  }

  @usableFromInline var ear: Ear?

  /// Told of every call of the guest's that is about to be made at a port: a hypercall, or one of
  /// the heap for the sharer.
  public var willCall: (() -> Void)?

  /// Lets something happen that another observer is told of, or nobody.
  ///
  /// The one that is there is laid aside as it is: a closure that is read and set again gets a
  /// thunk around it in a debug build, each time one more.
  public func observed<Result>(
    by other: ((PortEvent) -> Void)?, during body: () -> Result
  ) -> Result {
    var kept = ear.take()
    observer = other
    defer { ear = kept.take() }
    return body()
  }

  public init(observer: ((PortEvent) -> Void)? = nil) { ear = observer.map(Ear.init) }

  @inlinable
  public func send(_ event: @autoclosure () -> PortEvent) {
    ear?.tell(event())
  }
}
