import MemorySharing
import SharingModel

extension Rig {
  /// Builds systems of an adapter, on the machines within their limits.
  ///
  /// - Parameters:
  ///   - id: what reports call it.
  ///   - adapter: which class they have: its `calls` are those that programs ask for.
  ///   - promises: what they promise, a contract that is checked; less is told in reports.
  ///   - limits: the machines that they run on.
  ///   - make: builds one on a machine; nil where it does not run there. What it throws is the
  ///     system's own refusal, which the checks judge.
  public init<Adapter: SharingAdapter>(
    _ id: String, of adapter: Adapter.Type = Adapter.self,
    promises: Capabilities = [.contract, .pooling, .reports],
    limits: MachineLimits = MachineLimits(),
    make: @escaping @Sendable (Machine) throws -> Adapter?
  ) {
    var limits = limits
    limits.calls.formIntersection(Adapter.calls)
    limits.takesScantStorage = false
    let possible = limits
    // An adapter says that it has halted, and so nobody else need look for that.
    self.init(
      id: id, shown: promises.union(.supervision), limits: limits, storage: { _, _ in .ample }
    ) { machine in
      guard possible.nearest(machine.configuration) == machine.configuration else { return nil }
      do {
        return try make(machine)
      } catch let error where !(error is ShareError || error is UnnamedFailure) {
        throw UnnamedFailure(.refused(SharingAdapter.unnamed))
      }
    }
  }
}
