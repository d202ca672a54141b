import SharingModel

/// How many buffers a system has served and not got back.
struct LiveBuffers {
  private(set) var count = 0

  mutating func note(_ call: GuestCall, _ outcome: Outcome) {
    switch (call, outcome) {
    case (.allocateShared, .address), (.dmaAlloc, .address), (.share, .address): count += 1
    case (.deallocateShared, .done), (.dmaDealloc, .done), (.unshare, .done): count -= 1
    default: break
    }
  }
}
