import MemorySharing
import SharingModel
import SimulatedHypervisors
import Testing

@testable import SharingHarness

/// A campaign builds a system for every program: what one of them leaves behind is a leak of the
/// run.
@Suite struct LifetimeTests {
  @Test func aReplacedAllocatorEndsWithItsSystem() throws {
    let machine = Machine()
    weak var seen: FirstFitBlocks?
    do {
      let blocks = FirstFitBlocks(minimumBlock: 16)
      seen = blocks
      var allocator = ReplaceableAllocator(
        MeteredAllocator(
          BuddyAllocator(
            minimumBlock: 16, orders: 16, metadata: machine.storage(0, bytes: 4096)), StepRecord()),
        replacement: blocks)
      try allocator.manage(machine.configuration.arena)
      let layout = try Layout(size: 16, alignment: 16)
      let early = try? allocator.allocate(layout)
      try allocator.add(machine.configuration.arena)
      let address = try allocator.allocate(layout)
      let again: Void? = try? allocator.add(machine.configuration.arena)
      try allocator.deallocate(address, layout)
      let twice: Void? = try? allocator.deallocate(address, layout)
      #expect(early == nil && again == nil && twice == nil)
      #expect(seen != nil)
    }
    #expect(seen == nil)
  }

  @Test func portsEndWithTheirSystem() throws {
    let machine = Machine()
    machine.reset(Configuration(), .pkvm)
    weak var seen: PortInterceptor?
    do {
      let ports = PortInterceptor(machine)
      seen = ports
      let core = try CoreSystem(machine, ports: ports)
      _ = core.perform(.initialise(.standard, staticRange: nil))
      _ = core.perform(.allocateShared(size: 1, alignment: 1))
      #expect(ports.heap != nil)
    }
    #expect(seen == nil)
  }
}
