import MemorySharing
import SharingModel
import SimulatedHypervisors

extension FirstFitBlocks: ReplacementBlocks {
  /// Lists the largest aligned blocks that tile the free runs: what is in two runs is in two
  /// blocks, so a run that was not merged shows as two halves.
  public func listFreeBlocks(into blocks: inout [Observation.Block]) -> Bool {
    for run in free.ranges {
      var address = run.start.rawValue
      while address < run.end.rawValue {
        var block = Observation.Block(order: 0, address: address)
        var size = minimumBlock
        while address & (size * 2 - 1) == 0, run.end.rawValue - address >= size * 2 {
          size *= 2
          block.order += 1
        }
        blocks.append(block)
        address += size
      }
    }
    blocks.sort { ($0.order, $0.address) < ($1.order, $1.address) }
    return true
  }

  public var indexDepth: UInt64 { 1 }
}
