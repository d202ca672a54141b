import MemorySharing

/// A driver of virtio-blk, one sector a request, as firmware has it: everything that the device
/// sees comes from the pool by the virtio HAL.
///
/// Source: Virtio 1.2, 5.2.
struct VirtioBlock: ~Copyable {
  static var sectorBytes: UInt64 { 512 }

  enum Operation: UInt32 {
    case read = 0
    case write = 1
  }

  /// How a request ended.
  enum Outcome: Equatable {
    /// The device says that all went well, and how many bytes of data it wrote.
    case done(received: UInt32)
    /// The status byte of a device that says otherwise.
    case failed(UInt8)
  }

  /// A request in flight, in private memory.
  struct Request {
    fileprivate let header: PhysicalAddress
    let data: PhysicalAddress
    let status: PhysicalAddress
    fileprivate let buffer: GuestBuffer
    fileprivate let operation: Operation
    /// Whether `data` is a bounce of `buffer`.
    fileprivate let isBounced: Bool

    /// The shared memory of it, from the lowest byte to the highest.
    var span: Range<UInt64> {
      let low = min(header.rawValue, data.rawValue, status.rawValue)
      let high = max(header.rawValue + 16, data.rawValue + sectorBytes, status.rawValue + 1)
      return low..<high
    }
  }

  let transport: VirtioTransport
  private(set) var queue: SplitQueue
  /// Sectors.
  let capacity: UInt64
  private let defect: Defect
  /// Header and status as the driver has them.
  private let header: GuestBuffer
  private let status: GuestBuffer

  /// Resets the device and gives it a queue.
  ///
  /// - Throws: `sharing`, `unusable`; a queue that was made already is the teardown's to take back.
  static func start(
    _ transport: VirtioTransport, _ pool: inout Pool, defect: Defect
  ) throws(DriverError) -> VirtioBlock {
    guard transport.reset() else { throw .unusable }
    transport.add(VirtioTransport.Status.acknowledge)
    transport.add(VirtioTransport.Status.driver)
    // VERSION_1 and ACCESS_PLATFORM: without the second the device would go past the SMMU.
    guard transport.negotiate(1 << 32 | 1 << 33) else { throw .unusable }
    let memory: DMABuffer
    do throws(ShareError) {
      memory = try pool.dmaAlloc(pages: 1, direction: .both)
    } catch {
      throw .sharing(error)
    }
    let queue = SplitQueue(memory, defect: defect)
    guard transport.enable(queue) else { throw .unusable }
    transport.add(VirtioTransport.Status.driverOK)
    return VirtioBlock(transport, queue, defect)
  }

  private init(_ transport: VirtioTransport, _ queue: SplitQueue, _ defect: Defect) {
    self.transport = transport
    self.queue = queue
    self.defect = defect
    capacity = transport.capacity
    header = GuestBuffer(address: VirtualAddress(Place.driver), size: 16)
    status = GuestBuffer(address: VirtualAddress(Place.driver + 0x100), size: 1)
  }

  /// Resets the device and gives its queue back.
  consuming func stop(_ pool: inout Pool) {
    check(transport.reset(), "the device comes to rest")
    do throws(ShareError) {
      try pool.dmaDealloc(queue.memory.physical, pages: 1)
    } catch {
      fail("the queue goes back to the pool", error)
    }
  }

  /// Hands a request to the device and does not ring.
  ///
  /// - Parameters:
  ///   - buffer: a private sector.
  ///   - target: where the device is sent instead, by a check that wants it to be refused.
  /// - Throws: `sharing`; nothing is in flight then, and what was bounced already is the teardown's
  ///   to take back.
  mutating func submit(
    _ operation: Operation, sector: UInt64, _ buffer: GuestBuffer, insteadAt target: UInt64? = nil,
    _ pool: inout Pool
  ) throws(DriverError) -> Request {
    w32(header.address.rawValue, operation.rawValue)
    w32(header.address.rawValue + 4, 0)
    w64(header.address.rawValue + 8, sector)
    w8(status.address.rawValue, 0xFF)
    let isWrite = operation == .write
    let isBounced = target == nil && defect != .noBounce
    let request: Request
    do throws(ShareError) {
      request = Request(
        header: try pool.share(header, direction: .driverToDevice),
        data: isBounced
          ? try pool.share(buffer, direction: isWrite ? .driverToDevice : .deviceToDriver)
          : PhysicalAddress(target ?? buffer.address.rawValue),
        status: try pool.share(status, direction: .deviceToDriver),
        buffer: buffer, operation: operation, isBounced: isBounced)
    } catch {
      throw .sharing(error)
    }
    queue.add(
      .init(address: request.header.rawValue, length: 16, isWritable: false),
      .init(
        address: request.data.rawValue, length: UInt32(Self.sectorBytes), isWritable: !isWrite),
      .init(address: request.status.rawValue, length: 1, isWritable: true))
    return request
  }

  /// Takes the device's answer, if there is one; the request is to be finished all the same.
  mutating func poll() throws(DriverError) -> UInt32? {
    if let length = try queue.takeAnswer() { return length }
    guard transport.status & VirtioTransport.Status.needsReset == 0 else { throw .needsReset }
    return nil
  }

  /// Polls for so long.
  mutating func wait(microseconds: UInt64 = 10_000_000) throws(DriverError) -> UInt32 {
    let end = deadline(microseconds)
    while true {
      if let length = try poll() { return length }
      if read_cntpct_el0() > end { throw .timedOut }
      relax()
    }
  }

  /// Ends the bounces of a request; what the device wrote comes to the buffer.
  ///
  /// - Parameter length: used.len, where there was an answer.
  func finish(_ request: Request, length: UInt32, _ pool: inout Pool) -> Outcome {
    // The first bytes that the device writes are data, the last one is the status.
    let received = request.operation == .read && length > 0 ? length - 1 : 0
    if defect == .trustsUsedLength || defect == .fetchesTwice {
      memcpy(
        pointer(PhysicalAddress(request.buffer.address.rawValue)), pointer(request.data),
        UInt(received))
    }
    do throws(ShareError) {
      try pool.unshare(request.status, status, direction: .deviceToDriver)
      if request.isBounced {
        let data =
          defect == .readsDescriptorsBack
          ? PhysicalAddress(queue.addressReadBack) : request.data
        try pool.unshare(
          data, request.buffer,
          direction: request.operation == .write ? .driverToDevice : .deviceToDriver)
      }
      try pool.unshare(request.header, header, direction: .driverToDevice)
    } catch {
      fail("the bounces go back to the pool", error)
    }
    // Private by now, so that it is read once whatever the host does.
    let status = r8(status.address.rawValue)
    return status == 0 ? .done(received: received) : .failed(status)
  }
}

/// The counter's value when this much time has gone by.
func deadline(_ microseconds: UInt64) -> UInt64 {
  read_cntpct_el0() + read_cntfrq_el0() / 1000 * microseconds / 1000
}
