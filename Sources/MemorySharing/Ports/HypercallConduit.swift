/// The registers x0 to x3 of one SMCCC call, before or after it.
public struct HypercallRegisters: Equatable, Sendable {
  public var x0: UInt64
  public var x1: UInt64
  public var x2: UInt64
  public var x3: UInt64

  @inlinable
  public init(_ x0: UInt64, _ x1: UInt64 = 0, _ x2: UInt64 = 0, _ x3: UInt64 = 0) {
    self.x0 = x0
    self.x1 = x1
    self.x2 = x2
    self.x3 = x3
  }
}

/// Executes one hypercall: `HVC #0` on a target, a simulator elsewhere.
///
/// Everything about registers stays on the core's side of this port, so encoding and decoding run
/// under every test.
public protocol HypercallConduit {
  func call(_ registers: HypercallRegisters) -> HypercallRegisters

  /// Granules that nobody will ever take back from the host: the owner was dropped with them in
  /// quarantine, and no `unshareAll` had reported them. Traps on a target, since the guest OS must
  /// not be entered then; a simulator records them.
  func abandon(_ granules: AddressRange)
}
