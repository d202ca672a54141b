import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what errors say, one number of each error at a time.

extension Saboteur {
  static let errors = layoutErrors + rangeErrors + callErrors + storageErrors

  private static let layoutErrors: [Saboteur] = [
    error("names another size that overflows", [.allocate(.a, .max)]) { _ in .sizeOverflows(1) },
    error("tells a block above the top order as an overflow", [.allocate(.a, 1 << 40)]) { _ in
      .sizeOverflows(1 << 40)
    },
    error("tells an overflow as a block above the top order", [.allocate(.a, .max)]) { _ in
      .largerThanTheTopOrder(Layout(uncheckedSize: .max, alignment: 1))
    },
    error("names another address of a double free", [.allocate(.a), .free(.a), .free(.a)]) {
      guard case .notAllocated(let address) = $0 else { return $0 }
      return .notAllocated(PhysicalAddress(address.rawValue + 16))
    },
    error(
      "names another buffer than the one that is freed with another size",
      [.allocate(.a, 64), .allocate(.b, 64), .free(.b, .double)]
    ) {
      guard case .allocatedWithAnotherLayout(let address) = $0 else { return $0 }
      return .allocatedWithAnotherLayout(PhysicalAddress(address.rawValue - 64))
    },
    error(
      "takes the heap's block for one of the pool's",
      [.heapAllocate(.a), .free(.a, .asAnotherKind)]
    ) {
      guard case .notAllocated(let address) = $0 else { return $0 }
      return .allocatedWithAnotherLayout(address)
    },
  ]

  /// A saboteur that changes the errors of a static init.
  private static func range(
    _ deed: String, _ kind: Initialisation, _ change: @escaping @Sendable (ShareError) -> ShareError
  ) -> Saboteur {
    error(
      deed, on: .gunyah, machine: .with { $0.startsInitialised = false }, [.initialise(kind)],
      change)
  }

  private static let rangeErrors: [Saboteur] = [
    range("names another start of an empty range", .emptyRange) {
      guard case .rangeIsEmpty(let start) = $0 else { return $0 }
      return .rangeIsEmpty(start: PhysicalAddress(start.rawValue + 4096))
    },
    range("names another start of a range without an end", .overflowingRange) {
      guard case .rangeOverflows(let start, let size) = $0 else { return $0 }
      return .rangeOverflows(start: PhysicalAddress(start.rawValue - 4096), size: size)
    },
    range("names another size of a range without an end", .overflowingRange) {
      guard case .rangeOverflows(let start, let size) = $0 else { return $0 }
      return .rangeOverflows(start: start, size: size + 4096)
    },
    range("names another start of a range", .outsideRange) {
      guard case .rangeIsOutside(let range) = $0 else { return $0 }
      return .rangeIsOutside(.bytes(range.size, from: range.start, plus: 4096))
    },
    range("names another size of a range", .outsideRange) {
      guard case .rangeIsOutside(let range) = $0 else { return $0 }
      return .rangeIsOutside(.bytes(range.size + 4096, from: range.start))
    },
    error(
      "names another range than the heap was given", machine: .with { $0.heldBack = 0x8000 },
      [Step(.heapAdd(.half)), Step(.heapAdd(.rest)), Step(.heapAdd(.again))]
    ) {
      guard case .rangeOverlaps(let range) = $0 else { return $0 }
      return .rangeOverlaps(.bytes(range.size, from: range.start, plus: 4096))
    },
    error(
      "names the last of the pages that are mapped", [.mapMMIO(1, pages: 2), .mapMMIO(0, pages: 3)]
    ) {
      guard case .alreadyMapped(let page) = $0 else { return $0 }
      return .alreadyMapped(PhysicalAddress(page.rawValue + 4096))
    },
    Saboteur(
      "errors-tell-what-happened", "names a page as mapped where none is",
      beside: ["good-requests-are-served"], [.mapMMIO(1)]
    ) { call, system in
      guard case .mapMMIO(let range) = call else { return system.honest(call) }
      return .failed(.alreadyMapped(range.start))
    },
    Saboteur(
      "errors-tell-what-happened", "names a page as mapped between two that are stuck",
      beside: ["good-requests-are-served"],
      [
        .mapMMIO(0, pages: 6),
        Step(
          .unmapAllMMIO,
          faults: [.hypercall(position: 1, .fails), .hypercall(position: 3, .fails)]),
        .mapMMIO(4),
      ]
    ) { call, system in
      guard case .mapMMIO(let range) = call, range.size == 4096 else { return system.honest(call) }
      return .failed(.alreadyMapped(range.start))
    },
  ]

  private static let callErrors: [Saboteur] = [
    error(
      "names another answer of Android 13's guard", on: .pkvmAndroid13,
      [Step(.mapMMIO(page: 1, pages: 1, .whole), fault: .hypercall(position: 1, .fails))]
    ) {
      guard case .hypercallFailed(let function, let address, let answer) = $0 else { return $0 }
      return .hypercallFailed(function: function, address: address, answer: answer - 1)
    },
    error("blames a hypercall that nobody made", [.allocate(.a, 1 << 18)]) { _ in
      .hypercallFailed(function: HypercallFunction.memShare.rawValue, address: 0, answer: -3)
    },
    error("blames a granule that nobody answered", [.allocate(.a, 1 << 18)]) { _ in
      .granuleIsNotAPowerOfTwo(3)
    },
    error(
      "names another granule than was answered",
      machine: .with { $0.startsInitialised = false },
      [Step(.initialise(.standard), fault: .hypercall(position: 1, .answersGarbage(3)))]
    ) { _ in .granuleIsNotAPowerOfTwo(5) },
    error(
      "names another page of a MAP that fails and takes effect",
      [
        Step(
          .mapMMIO(page: 1, pages: 1, .whole), fault: .hypercall(position: 1, .failsButTakesEffect))
      ]
    ) {
      guard case .hypercallFailed(let function, let address, let answer) = $0 else { return $0 }
      return .hypercallFailed(function: function, address: address + 4096, answer: answer)
    },
    error(
      "names another granule where the heap refuses the region, too",
      [
        Step(
          .allocate(.a, size: 8192, alignment: 1),
          faults: [.hypercall(position: 2, .fails), .heapFree(position: 1)])
      ]
    ) {
      guard case .hypercallFailed(let function, let address, let answer) = $0 else { return $0 }
      return .hypercallFailed(function: function, address: address + 4096, answer: answer)
    },
    error("tells a later failure", [unclearable]) {
      guard case .hypercallFailed(let function, let address, let answer) = $0 else { return $0 }
      return .hypercallFailed(function: function ^ 7, address: address, answer: answer)
    },
    refusal("names a UUID where there is none", .none),
    refusal("names another UUID than was answered", .firstWordDiffers),
  ]

  /// The SHARE of a granule fails; so does the UNSHARE that clears it, since nothing is shared, and
  /// the one after the probe.
  private static let unclearable = Step(
    .allocate(.a, size: 16, alignment: 1),
    faults: [.hypercall(position: 1, .fails), .hypercall(position: 4, .fails)])

  /// A saboteur that names another hypervisor than the one that nobody knows.
  private static func refusal(_ deed: String, _ disguise: Disguise) -> Saboteur {
    Saboteur(
      "errors-tell-what-happened", deed, machine: .with { $0.disguise = disguise }, [],
      refuse: { _ in .unknownHypervisor(UUIDWords(1, 2, 3, 4)) })
  }

  private static let storageErrors: [Saboteur] = [
    error("wants metadata where there is enough", [.allocate(.a, 1 << 18)]) { _ in
      .outOfMetadata(needed: 2, available: 1)
    },
    scant("tells a lack with more there than it needs", shown: .contract) { _, _ in (1, 5) },
    scant("names another need of metadata", shown: [.contract, .callOrder]) { ($0 + 8, $1) },
    scant("names another size of metadata", shown: [.contract, .callOrder]) { ($0, $1 - 1) },
    error(
      "tells a record without room as exhaustion", shown: [.contract, .callOrder],
      beside: ["allocation-succeeds-when-it-can"], machine: .with { $0.regionRecordBytes = 8 },
      [.allocate(.a)]
    ) { _ in .exhausted(Layout(uncheckedSize: 16, alignment: 1)) },
    Saboteur(
      "allocation-succeeds-when-it-can", "wants metadata for a region though there is enough",
      beside: ["errors-tell-what-happened"], [.allocate(.a)]
    ) { call, system in
      guard case .allocateShared = call else { return system.honest(call) }
      return .failed(.outOfMetadata(needed: 2, available: 1))
    },
  ]

  /// A saboteur that tells other numbers of the metadata that the pool lacks.
  private static func scant(
    _ deed: String, shown: Capabilities,
    _ change: @escaping @Sendable (UInt64, UInt64) -> (UInt64, UInt64)
  ) -> Saboteur {
    error(
      deed, shown: shown,
      machine: .with {
        $0.startsInitialised = false
        $0.missingPoolMetadata = 8
      }, [.initialise(.standard)]
    ) {
      guard case .outOfMetadata(let needed, let available) = $0 else { return $0 }
      let (told, there) = change(needed, available)
      return .outOfMetadata(needed: told, available: there)
    }
  }
}
