import MemorySharing
import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// A free, an init or a map inside its contract throws only what a hypercall answered.
@Suite struct GoodRequestsAreServedOnDmaAlloc {
  static var program: Program {
    var machine = Configuration()
    machine.granule = 16384
    machine.minimumBlock = 8
    machine.poolOrders = 12
    machine.heapOrders = 14
    machine.arenaStart = 0x90000000
    machine.arenaSize = 0x200000
    machine.virtualOffset = 131072
    machine.staticPages = 3
    machine.startsInitialised = false
    machine.heapRule = .firstFit
    return Program(
      configuration: machine,
      steps: [
        Step(.initialise(.standard), fault: .heapAllocation),
        Step(.allocate(Slot(0), size: 100, alignment: 8), fault: .hypercall(position: 2, .fails)),
        Step(
          .allocate(Slot(1), size: 0x1000000000000000, alignment: 0x8000000000000000),
          fault: .hypercall(position: 12, .failsButTakesEffect)),
        Step(.free(Slot(0), .half)),
        Step(
          .dmaAlloc(Slot(2), pages: 2, .deviceToDriver),
          fault: .hypercall(position: 1, .answersGarbage(3))),
        Step(.share(Slot(3), size: 4097, .both)),
        Step(
          .heapAllocate(
            Slot(4), size: 0xffffffffffffffff, alignment: 0x8000000000000000, zeroed: true)),
        Step(.write(Slot(2))),
        Step(.mapMMIO(page: 3, pages: 2), fault: .hypercall(position: 1, .fails(answer: -77))),
        Step(.unmapAllMMIO),
        Step(.scribble),
        Step(.pin(Slot(1))),
        Step(.unpinAll),
        Step(.standingFault(.answersGarbage(0xffffffffffffffff))),
        Step(.standingFault(.fails)),
        Step(.standingFault(nil)),
        Step(.unshareAll),
      ])
  }

  @Test("good-requests-are-served holds", arguments: ["pkvm", "gunyah", "kvm"])
  func holds(on id: String) throws {
    let backend = try #require(Backend.named(id))
    let verdict = try #require(Lockstep(.core).verdict(of: Self.program, on: backend))
    #expect(verdict.holds, "\(verdict.violations.map(\.evidence.text))")
  }
}
