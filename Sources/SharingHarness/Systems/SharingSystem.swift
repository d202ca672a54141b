import MemorySharing
import SharingModel
import SimulatedHypervisors

/// A system under test: what a rig builds on a machine, and all that the lockstep knows of it.
///
/// It hands no address to the host and takes none from it but through the machine's ports.
public protocol SharingSystem: AnyObject {
  /// Makes one call of the guest and answers what it answered. It should not trap; if it
  /// does, that is a finding.
  func perform(_ call: GuestCall) -> Outcome

  /// Fills in what the system shows of itself, or sets to nil what it does not show.
  func observe(into observation: inout Observation)
}

/// How to build a system under test.
public struct Rig: Sendable {
  public let id: String
  /// What the systems show and promise; invariants that need more are reported as not checked.
  public let shown: Capabilities
  /// The machines that it can build systems on, and the calls that those have.
  public let limits: MachineLimits
  /// The storage that it hands to the systems, which the checks hold them to.
  public let storage: @Sendable (Configuration, SharingSupport) -> Storage
  /// Builds a system on a machine that has just been reset; nil where the machine is not one that
  /// this rig can run on. A `ShareError` or an `UnnamedFailure` that it throws is the system's own
  /// refusal, which the checks judge.
  public let make: @Sendable (Machine) throws -> (any SharingSystem)?

  public init(
    id: String, shown: Capabilities, limits: MachineLimits = MachineLimits(),
    storage: @escaping @Sendable (Configuration, SharingSupport) -> Storage = Storage.core,
    make: @escaping @Sendable (Machine) throws -> (any SharingSystem)?
  ) {
    self.id = id
    self.shown = shown
    self.limits = limits
    self.storage = storage
    self.make = make
  }
}

extension Rig {
  /// The same rig, for programs that leave these parts out.
  public func leavingOut(_ parts: ProgramParts) -> Rig {
    var limits = limits
    limits.leftOut.formUnion(parts)
    return Rig(id: id, shown: shown, limits: limits, storage: storage, make: make)
  }
}

/// A system could not be built, for a reason that is no error of the specification's.
public struct UnnamedFailure: Error {
  /// What the attempt answered: `refused` or `halted`.
  public let outcome: Outcome

  public init(_ outcome: Outcome) { self.outcome = outcome }
}

extension Capabilities {
  /// Everything that a system in this process can show.
  public static var everything: Capabilities {
    [.contract, .freeBlocks, .steps, .placement, .pooling, .reports, .callOrder, .turnstile]
  }
}
