import MemorySharing
import MemorySharingInterface

// What a call answers in C: 0, or the number of an error, and its evidence.

public typealias Evidence = UnsafeMutablePointer<sharing_evidence>

/// Makes a call and answers its number.
func answer(
  _ evidence: Evidence?, _ call: () throws(ShareError) -> Void
) -> UInt32 {
  do throws(ShareError) {
    try call()
    return SHARING_OK.rawValue
  } catch {
    let (number, a, b, c, d) = error.words
    evidence?.pointee = sharing_evidence(words: (a, b, c, d))
    return UInt32(truncatingIfNeeded: number)
  }
}

extension AddressRange {
  /// - Throws: `rangeIsEmpty`, `rangeOverflows`.
  init(_ range: sharing_range) throws(ShareError) {
    try self.init(start: PhysicalAddress(range.start), size: range.size)
  }
}

extension sharing_range {
  init(_ range: AddressRange) {
    self.init(start: range.start.rawValue, size: range.size)
  }
}

extension UnsafeMutableRawBufferPointer {
  init(_ storage: sharing_storage) {
    self.init(start: storage.bytes, count: Int(storage.size))
  }
}

extension BufferDirection {
  /// What is neither of the others goes both ways.
  init(_ number: UInt32) {
    switch number {
    case SHARING_TO_DEVICE.rawValue: self = .driverToDevice
    case SHARING_FROM_DEVICE.rawValue: self = .deviceToDriver
    default: self = .both
    }
  }
}

public typealias BlockCallback =
  @convention(c) (_ context: UnsafeMutableRawPointer?, _ address: UInt64, _ size: UInt64) -> Void

extension BuddyAllocator {
  func forEachFreeBlock(_ context: UnsafeMutableRawPointer?, _ block: BlockCallback) {
    forEachFreeBlock { address, order in
      block(context, address.rawValue, minimumBlock &<< order)
    }
  }
}
