import MemorySharing

// The core's ports on the target: the HVC instruction, and memory itself.

/// Hypercalls by HVC.
struct HVC: HypercallConduit {
  func call(_ asked: HypercallRegisters) -> HypercallRegisters {
    let answer = hvc(asked.x0, asked.x1, asked.x2, asked.x3)
    return HypercallRegisters(answer.x0, answer.x1, answer.x2, answer.x3)
  }

  /// The guest OS must not be entered.
  func abandon(_ granules: AddressRange) {
    say("FAIL abandoned ")
    say(hex: granules.start.rawValue)
    say("\n")
    leave(4)
  }
}

/// Memory that is mapped where it is.
struct MappedMemory: GuestMemory {
  func zero(_ range: AddressRange) {
    memset(pointer(range.start), 0, UInt(range.size))
  }

  func copy(from source: PhysicalAddress, to destination: PhysicalAddress, size: UInt64) {
    memcpy(pointer(destination), pointer(source), UInt(size))
  }

  func virtualAddress(of address: PhysicalAddress) -> VirtualAddress {
    VirtualAddress(address.rawValue)
  }

  func physicalAddress(of address: VirtualAddress) -> PhysicalAddress {
    PhysicalAddress(address.rawValue)
  }
}

func pointer(_ address: PhysicalAddress) -> UnsafeMutableRawPointer {
  UnsafeMutableRawPointer(bitPattern: UInt(address.rawValue)).unsafelyUnwrapped
}
