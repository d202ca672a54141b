import SharingHarness
import SharingModel

extension Exhibit {
  static let staticAddressUnaligned = Exhibit(
    "static-address-unaligned", "Only the size of a static range is checked for whole pages.",
    source: "AOSP pvmfw, open: fdt.rs", seenBy: ["bad-requests-are-refused"], scope: .fixed
  ) { machine in
    guard let core = try Rig.core.make(machine) else { return nil }
    return Wrapped(core) { call, core in
      guard case .initialise(let kind, var range?) = call, range.start % 4096 != 0 else {
        return core.perform(call)
      }
      range.start &= ~4095
      return core.perform(.initialise(kind, staticRange: range))
    }
  }
}
