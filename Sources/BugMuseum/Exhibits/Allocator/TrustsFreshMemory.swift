import SharingHarness
import SharingModel

extension Exhibit {
  /// A `calloc` that trusts fresh pages, on a machine that gives none.
  static let trustsFreshMemory = Exhibit(
    "trusts-fresh-memory", "The heap hands out memory that was to be zeroed as it is.",
    source: "ours; what a calloc may do with pages of an operating system",
    seenBy: ["zeroed-memory-is-zero"]
  ) { machine in
    try Wrapped(coreOn: machine) { call, core in
      guard case .heapAllocate(let size, let alignment, zeroed: true) = call else {
        return core.perform(call)
      }
      return core.perform(.heapAllocate(size: size, alignment: alignment, zeroed: false))
    }
  }
}
