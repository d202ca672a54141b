import Glibc
import MemorySharing
import SharingModel
import SimulatedHypervisors

/// Writes a trace to the standard output, a line a call, an event or an answer. Numbers are
/// decimal; proofs/coq/README.md has the format.
final class Trace {
  /// How many calls were written, or will be.
  private(set) var calls = 0
  private var text: [UInt8] = []
  private var hasFailed = false
  /// The text and the calls that are kept; what follows is of the machine that runs.
  private var kept = (text: 0, calls: 0)

  private func line(_ words: String) {
    text.append(contentsOf: words.utf8)
    text.append(10)
  }

  /// Keeps what the machine that runs has done so far.
  func keep() {
    if text.count > 1 << 20 { flush() }
    kept = (text.count, calls)
  }

  /// Forgets what is not kept.
  private func forget() {
    text.removeSubrange(kept.text...)
    calls = kept.calls
  }

  private func flush() {
    text.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count, !hasFailed {
        let count = write(STDOUT_FILENO, bytes.baseAddress! + written, bytes.count - written)
        if count > 0 { written += count } else { hasFailed = true }
      }
    }
    text.removeAll(keepingCapacity: true)
  }

  /// Writes what is left; says whether all could be written.
  func finish() -> Bool {
    forget()
    flush()
    return !hasFailed
  }

  /// Begins another machine; of the one before, what is not kept is forgotten.
  func begin(_ machine: Configuration) {
    forget()
    line(
      "machine \(machine.granule) \(machine.minimumBlock) \(machine.poolOrders)"
        + " \(machine.heapOrders) \(machine.arenaStart) \(machine.arenaSize)")
  }

  func call(_ call: GuestCall) {
    calls += 1
    line(Self.words(for: call))
  }

  /// Calls of which the oracle knows nothing are nothing that it can read, so that they are seen.
  private static func words(for call: GuestCall) -> String {
    switch call {
    case .allocateShared(let size, let alignment): "allocate \(size) \(alignment)"
    case .deallocateShared(let address, let size, let alignment):
      "free \(address.rawValue) \(size) \(alignment)"
    case .heapAllocate(let size, let alignment, _): "heap-allocate \(size) \(alignment)"
    case .heapDeallocate(let address, let size, let alignment):
      "heap-free \(address.rawValue) \(size) \(alignment)"
    case .unshareAll: "unshare-all"
    case .drop: "drop"
    case .detect, .heapAdd, .initialise, .dmaAlloc, .dmaDealloc, .share, .unshare, .mapMMIO,
      .unmapAllMMIO:
      "unknown"
    }
  }

  func event(_ event: PortEvent) {
    switch event {
    case .hypercall(let call):
      let name =
        switch call.known {
        case .memShare: "share"
        case .memUnshare: "unshare"
        default: "unknown"
        }
      let effect = call.effect == .none ? 0 : 1
      line("\(name) \(call.x1) \(Int64(bitPattern: call.answer)) \(effect)")
    case .heapAllocated(let region, _): line("took \(region.start.rawValue) \(region.size)")
    case .heapFreed(let region, _): line("gave \(region.start.rawValue) \(region.size)")
    case .abandoned(let granule): line("abandoned \(granule.start.rawValue)")
    case .heapRefused, .heapRefusedFree, .memoryZeroed, .memoryCopied, .memoryFilled,
      .memoryStored:
      break
    }
  }

  func answer(_ outcome: Outcome) {
    switch outcome {
    case .address(let address, _): line("= address \(address.rawValue)")
    case .done: line("= done")
    case .unshared(let report):
      line(
        "= report \(report.granulesUnshared) \(report.granulesQuarantined)"
          + " \(report.regionsReturned) \(report.regionsKept)")
    case .failed(let error): line("= \(Self.name(of: error))")
    case .refused, .halted: line("= other-error")
    case .skipped, .unmapped: line("= nothing")
    }
  }

  private static func name(of error: ShareError) -> String {
    switch error {
    case .exhausted: "exhausted"
    case .largerThanTheTopOrder: "too-large"
    case .notAllocated: "not-allocated"
    case .allocatedWithAnotherLayout: "another-layout"
    case .closed: "closed"
    case .hypercallFailed(HypercallFunction.memShare.rawValue, let address, _):
      "share-failed \(address)"
    case .rangeOverlaps, .rangeIsOutside: "does-not-fit"
    default: "other-error"
    }
  }

  /// The granules that the host can reach, as the simulated hypervisor knows.
  func reach(_ monitor: SimulatedMonitor) {
    let granule = monitor.configuration.granule.bytes
    var words = "reach"
    for range in monitor.shared.ranges {
      var address = range.start.rawValue
      while address < range.end.rawValue {
        words += " \(address)"
        address += granule
      }
    }
    line(words)
  }
}
