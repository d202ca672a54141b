import MemorySharing
import SharingModel
import SimulatedHypervisors

/// A number that stands for all that happened in a run: outcomes and port events in order. The same
/// in every process and every build.
public struct RunHash: Hashable, Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ number: UInt64) {
    value = (value ^ number) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 29
  }

  /// Adds what happened at a port, with all that it says.
  public mutating func add(_ event: PortEvent) {
    switch event {
    case .hypercall(let call):
      add(UInt64(call.function))
      add(call.x1)
      add(call.x2)
      add(call.x3)
      add(call.answer)
    case .memoryZeroed(let range): add(7, range)
    case .memoryCopied(let from, let to):
      add(8, from)
      add(to.start.rawValue)
    case .memoryFilled(let range, _), .memoryStored(let range, _): add(9, range)
    case .heapAllocated(let range, let alignment):
      add(10, range)
      add(alignment)
    case .heapFreed(let range, let alignment):
      add(11, range)
      add(alignment)
    case .heapRefused(let layout, _):
      add(12)
      add(layout.size)
      add(layout.alignment)
    case .heapRefusedFree(let range): add(13, range)
    case .abandoned(let range): add(14, range)
    }
  }

  private mutating func add(_ kind: UInt64, _ range: AddressRange) {
    add(kind)
    add(range.start.rawValue)
    add(range.size)
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
      let words = error.words
      add(words.0)
      add(words.1)
      add(words.2)
      add(words.3)
      add(words.4)
    case .refused(let code):
      add(15)
      add(UInt64(code))
    // Why, it says in words.
    case .halted: add(16)
    }
  }
}
