import MemorySharing
import SharingModel
import SimulatedHypervisors

/// How small the machine of an exhaustion is, and what is tried on it.
package struct ExhaustionBounds: Codable, Equatable, Sendable {
  /// The granules of the heap's arena, and of the static range; a power of two.
  package var granules = 2
  /// The smallest blocks of a granule; a power of two.
  package var blocks = 2
  /// How many things a program can name.
  package var slots = 2
  /// How many of a step's hypercalls fail, from the first on, one at a time.
  package var failingCalls = 4
  /// Whether the host writes, pins, and lets go.
  package var hasHost = true
  /// Whether a process is to have the machine's memory at its addresses.
  package var isMapped = false

  package init() {}

  /// The machine.
  package var configuration: Configuration {
    var result = Configuration()
    result.granule = 4096
    result.minimumBlock = 4096 / UInt64(blocks)
    result.arenaSize = 4096 * UInt64(granules)
    result.staticPages = UInt64(granules)
    result.poolOrders = UInt64((blocks * granules).trailingZeroBitCount) + 1
    result.heapOrders = result.poolOrders
    if isMapped { result.virtualOffset = Configuration.mappableOffset }
    return result.normalised
  }

  /// What is tried in every state.
  package var steps: [Step] {
    let slots = (0..<slots).map(Slot.init)
    let smallest = configuration.minimumBlock
    var steps: [Step] = []
    for slot in slots {
      for order in 0..<configuration.poolOrders {
        steps.append(Step(.allocate(slot, size: smallest << order, alignment: 1)))
      }
      steps.append(Step(.free(slot, .asAllocated)))
      steps.append(Step(.free(slot, .double)))
      steps.append(Step(.free(slot, .inside)))
    }
    steps.append(Step(.unshareAll))
    if hasHost {
      steps += slots.map { Step(.pin($0)) }
      steps += [Step(.unpinAll), Step(.scribble)]
    }
    return steps
  }

  /// What goes wrong in a step: the heap's refusal, and then its hypercalls by their position.
  var faults: [CommandFault] {
    let calls = failingCalls > 0 ? Array(1...failingCalls) : []
    return [.heapAllocation]
      + calls.flatMap { position in
        Grammar.faultModes.map { .hypercall(position: position, $0) }
      }
  }
}
