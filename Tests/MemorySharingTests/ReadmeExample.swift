import MemorySharing

// The example of README.md, which a test holds to these lines.

// readme: begin
/// Shares one page with the host and takes everything back before the guest OS starts.
func shareOnePage<Conduit: HypercallConduit, Memory: GuestMemory>(
  through conduit: Conduit, memory: Memory, ram: AddressRange, arena: AddressRange,
  heapBlocks: UnsafeMutablePointer<BuddyAllocator>, poolBlocks: consuming BuddyAllocator,
  records: UnsafeMutableRawBufferPointer
) throws(ShareError) -> UnshareReport {
  let hypervisor = try DetectedHypervisor.detect(through: conduit)
  let heap = try Heap(arena: arena, blocks: heapBlocks, memory: memory)
  var pool = SharedPool(
    hypervisor: hypervisor, memory: memory, frames: heap, blocks: poolBlocks, records: records)

  var map = MemoryMap(memory: ram)
  try map.track(arena)
  // Gunyah wants the range that its device tree names; the others take none.
  try pool.initialise(for: hypervisor.sharingSupport, staticRange: nil, in: &map)

  let page = try Layout(size: 4096, alignment: 4096)
  let buffer = try pool.allocateShared(page)
  // … the host reads and writes the buffer …
  try pool.deallocateShared(buffer, page)
  // Enter the guest OS only if the report's granulesQuarantined is 0.
  return pool.unshareAll()
}
// readme: end
