import ProgramText
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing

/// A call that serves answers in its kind: an address, a report, or that it is done; a free, an
/// init or a map inside its contract throws only what a hypercall answered.
@Suite struct GoodRequestsAreServedOnDmaAlloc {
  static let text = """
    # sharecheck program, version 1
    machine granule=16384 minimum-block=8 pool-orders=12 heap-orders=14 heap=first-fit \
    arena=0x90000000+0x200000 offset=0x20000 static-pages=3 initialised=no
    initialise standard ! heap-allocation fails
    allocate a 100 align 8 ! hypercall 2 fails
    allocate b 1152921504606846976 align 9223372036854775808 ! hypercall 12 fails-but-takes-effect
    free a half
    dma-alloc c 2 from-device ! hypercall 1 answers-garbage 3
    share d 4097 both
    heap-allocate e 18446744073709551615 align 9223372036854775808 zeroed
    write c
    heap-add again
    map-mmio 3 pages 2 tail ! hypercall 1 fails -77 ! host-writes-before 2
    unmap-all-mmio
    scribble
    pin b
    unpin-all
    standing-fault answers-garbage 18446744073709551615
    standing-fault fails
    standing-fault none
    unshare-all
    end
    """

  @Test(
    "good-requests-are-served holds",
    arguments: ["pkvm", "gunyah", "kvm"])
  func holds(on id: String) throws {
    let program = try Program(text: Self.text)
    let backend = try #require(Backend.named(id))
    let lockstep = Lockstep(.core)
    let verdict = try #require(lockstep.verdict(of: program, on: backend))
    #expect(verdict.holds, "\(verdict.violations.map(\.evidence.text))")
  }
}
