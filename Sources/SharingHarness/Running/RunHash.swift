import MemorySharing
import SharingModel
import SimulatedHypervisors

/// A number that stands for all that happened in a run: outcomes and hypercalls, in order. The same
/// in every process and every build.
public struct RunHash: Hashable, Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ number: UInt64) {
    value = (value ^ number) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 29
  }

  public mutating func add(_ event: HypercallEvent) {
    add(UInt64(event.function))
    add(event.x1)
    add(event.answer)
  }

  public mutating func add(_ outcome: Outcome) {
    switch outcome {
    case .skipped: add(1)
    case .done: add(2)
    case .address(let physical, let virtual):
      add(3)
      add(physical.rawValue)
      add(virtual?.rawValue ?? 0)
    case .unshared(let report):
      add(4)
      add(report.granulesUnshared)
      add(report.granulesQuarantined)
      add(report.regionsReturned)
      add(report.regionsKept)
    case .unmapped(let report):
      add(5)
      add(report.unmapped)
      add(report.stillMapped)
    case .failed(let error):
      add(6)
      add(UInt64(error.number))
    }
  }
}
