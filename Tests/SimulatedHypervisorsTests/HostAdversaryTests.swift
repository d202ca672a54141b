import MemorySharing
import SimulatedHypervisors
import Testing

@Suite("The host")
struct HostAdversaryTests {
  let bench = Bench(.pkvm)

  @Test("It writes into every byte that is shared and into none that is not")
  func scribbles() {
    bench.call(.memShare, 0x2_0000)
    bench.call(.memShare, 0x4_0000)
    bench.host.scribble(5)
    for (address, origin) in [
      (0x1_FFFF, .secret), (0x2_0000, .host(5)), (0x2_0FFF, .host(5)), (0x2_1000, .secret),
      (0x4_0800, .host(5)),
    ] as [(UInt64, ByteOrigin)] {
      #expect(bench.memory.origin(at: PhysicalAddress(address)) == origin)
    }
    #expect(
      bench.log.suffix(2) == [
        .memoryFilled(range(0x2_0000, 4096), .host(5)),
        .memoryFilled(range(0x4_0000, 4096), .host(5)),
      ])
    bench.call(.memUnshare, 0x2_0000)
    bench.host.scribble(6)
    #expect(bench.memory.origin(at: PhysicalAddress(0x2_0000)) == .host(5))
    #expect(bench.monitor.shared.ranges == [range(0x4_0000, 4096)])
  }
}

@Suite("The reporting heap")
struct ReportingHeapTests {
  /// A heap that hands out ascending addresses and takes only the last back.
  final class Stack: RegionSource {
    let window = range(0x1000, 0x1_0000)
    var top: UInt64 = 0x1000

    func allocateZeroed(_ layout: Layout) throws(ShareError) -> PhysicalAddress {
      guard top + layout.size <= window.end.rawValue else { throw .exhausted(layout) }
      defer { top += layout.size }
      return PhysicalAddress(top)
    }

    func deallocate(_ address: PhysicalAddress, _ layout: Layout) throws(ShareError) {
      guard address.rawValue + layout.size == top else { throw .notAllocated(address) }
      top = address.rawValue
    }
  }

  @Test("It tells what was handed out, taken back and refused")
  func reports() throws {
    var log: [PortEvent] = []
    let heap = ReportingHeap(
      Stack(), events: PortEventStream { log.append($0) }, faults: HeapFaults())
    let layout = try Layout(size: 100, alignment: 4)
    let first = try heap.allocateZeroed(layout)
    let second = try heap.allocateZeroed(layout)
    #expect(throws: ShareError.notAllocated(first)) { try heap.deallocate(first, layout) }
    try heap.deallocate(second, layout)
    let huge = try Layout(size: 1 << 40, alignment: 1)
    #expect(throws: ShareError.exhausted(huge)) { try heap.allocateZeroed(huge) }
    #expect(
      log == [
        .heapAllocated(range(0x1000, 100), alignment: 4),
        .heapAllocated(range(0x1064, 100), alignment: 4),
        .heapRefusedFree(range(0x1000, 100)),
        .heapFreed(range(0x1064, 100), alignment: 4),
        .heapRefused(huge, onPurpose: false),
      ])
    #expect(heap.window == heap.source.window)
  }

  @Test("The n-th allocation of a command is refused without asking the heap")
  func fault() throws {
    var log: [PortEvent] = []
    let faults = HeapFaults()
    let heap = ReportingHeap(
      Stack(), events: PortEventStream { log.append($0) }, faults: faults)
    let layout = try Layout(size: 16, alignment: 1)
    faults.beginCommand(refusingAllocation: 2)
    #expect(try heap.allocateZeroed(layout) == PhysicalAddress(0x1000))
    #expect(!faults.allocations.hasFired)
    #expect(throws: ShareError.exhausted(layout)) { try heap.allocateZeroed(layout) }
    #expect(faults.allocations.hasFired)
    #expect(try heap.allocateZeroed(layout) == PhysicalAddress(0x1010))
    #expect(faults.allocations.count == 3)
    #expect(log.filter { $0 == .heapRefused(layout, onPurpose: true) }.count == 1)
    faults.beginCommand()
    _ = try heap.allocateZeroed(layout)
    _ = try heap.allocateZeroed(layout)
    #expect(!faults.allocations.hasFired && faults.allocations.count == 5)
    faults.beginCommand(refusingAllocation: 1)
    #expect(faults.allocations.next == 1)
    #expect(throws: ShareError.exhausted(layout)) { try heap.allocateZeroed(layout) }
  }

  @Test("The n-th free of a command is refused without asking the heap")
  func refusedFree() throws {
    var log: [PortEvent] = []
    let faults = HeapFaults()
    let heap = ReportingHeap(
      Stack(), events: PortEventStream { log.append($0) }, faults: faults)
    let layout = try Layout(size: 16, alignment: 1)
    let region = try heap.allocateZeroed(layout)
    faults.beginCommand(refusingFree: 1)
    #expect(throws: ShareError.notAllocated(region)) { try heap.deallocate(region, layout) }
    #expect(faults.frees.hasFired && !faults.allocations.hasFired)
    #expect(log.last == .heapRefusedFree(range(region.rawValue, 16)))
    try heap.deallocate(region, layout)
    #expect(log.last == .heapFreed(range(region.rawValue, 16), alignment: 1))
  }

  @Test("The n-th allocation of a run is refused, in whichever command it comes")
  func faultOfTheRun() throws {
    let faults = HeapFaults()
    let heap = ReportingHeap(Stack(), events: PortEventStream(), faults: faults)
    let layout = try Layout(size: 16, alignment: 1)
    faults.allocations.positionInRun = 2
    _ = try heap.allocateZeroed(layout)
    faults.beginCommand()
    #expect(faults.allocations.next == 1)
    #expect(throws: ShareError.exhausted(layout)) { try heap.allocateZeroed(layout) }
    #expect(faults.allocations.next == nil)
    faults.reset()
    #expect(faults.allocations.count == 0 && faults.allocations.next == nil)
  }
}
