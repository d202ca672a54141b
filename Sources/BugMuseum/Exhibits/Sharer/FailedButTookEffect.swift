import SharingModel

extension Exhibit {
  static let failedButTookEffect = Exhibit(
    "failed-but-took-effect",
    "A granule whose SHARE failed is taken for private, and goes back to the heap.",
    source: "CVE-2024-35939: what set_memory_decrypted of Linux answered was taken at its word",
    seenBy: ["quarantine-is-never-reused"], scope: .dynamic,
    shown: Capabilities.everything.subtracting([.callOrder, .reports])
  ) { machine in
    try TrustingPorts(machine).system()
  }
}

private final class TrustingPorts: SharingPorts {
  private var failed: UInt64?

  override func share(_ address: UInt64) -> UInt64 {
    let answer = super.share(address)
    failed = answer == 0 ? nil : address
    return answer
  }

  override func unshare(_ address: UInt64) -> UInt64 {
    if address != failed { return super.unshare(address) }
    failed = nil
    return 0
  }
}
