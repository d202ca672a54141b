import SharingHarness
import SharingModel

extension Exhibit {
  /// For the supervision: a call that takes all memory must not take the machine's.
  static let canaryEatsMemory = Exhibit(
    "canary-eats-memory", "Allocating a shared buffer takes memory until there is none.",
    source: "ours", seenBy: ["calls-return"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      while case .allocateShared = call {
        let eaten = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        // Memory is taken by the page, where it is written.
        for page in stride(from: 0, to: eaten.count, by: 4096) { eaten[page] = 1 }
      }
      return core.perform(call)
    }
  }
}
