import MemorySharing

extension ErrorForm {
  /// A form for each error, in the order of their numbers.
  public static let all: [ErrorForm] = [
    ErrorForm(1, "size is zero", names: [.sizeIsZero]) { _ in .sizeIsZero },
    ErrorForm(
      2, "alignment{ %} is not a power of two", .size, names: [.alignmentIsNoPowerOfTwo]
    ) { .alignmentIsNotAPowerOfTwo($0[0]) },
    ErrorForm(3, "size{ %} overflows", .size, names: [.overflow, .aboveTheTopOrder]) {
      .sizeOverflows($0[0])
    },
    ErrorForm(
      4, "larger than the top order{: %}", .layout, names: [.overflow, .aboveTheTopOrder]
    ) { .largerThanTheTopOrder($0.layout) },
    ErrorForm(5, "exhausted{: %}", .layout) { .exhausted($0.layout) },
    ErrorForm(
      6, "out of metadata{: % bytes needed, % there}", .number, .number, names: [.metadataIsScant]
    ) {
      .outOfMetadata(needed: $0[0], available: $0[1])
    },
    ErrorForm(7, "not allocated{: %}", .address, names: [.notAllocated]) {
      .notAllocated($0.address)
    },
    ErrorForm(8, "allocated with another layout{: %}", .address, names: [.notAllocated]) {
      .allocatedWithAnotherLayout($0.address)
    },
    ErrorForm(9, "range is empty{: at %}", .address, names: [.rangeIsEmpty]) {
      .rangeIsEmpty(start: $0.address)
    },
    ErrorForm(10, "range overflows{: %}", .range, names: [.overflow]) {
      .rangeOverflows(start: $0.address, size: $0[1])
    },
    ErrorForm(11, "range overlaps{: %}", .range, names: [.rangeOverlaps]) {
      .rangeOverlaps($0.range)
    },
    ErrorForm(12, "range is outside{: %}", .range, names: [.rangeIsOutside]) {
      .rangeIsOutside($0.range)
    },
    ErrorForm(13, "range is misaligned{: %}", .range, names: [.rangeIsMisaligned]) {
      .rangeIsMisaligned($0.range)
    },
    ErrorForm(14, "range holds address 0{: %}", .range, names: [.rangeAtZero]) {
      .rangeHoldsAddressZero($0.range)
    },
    ErrorForm(15, "too many regions", names: [.tooManyRegions]) { _ in .tooManyRegions },
    ErrorForm(16, "uninitialised", names: [.uninitialised]) { _ in .uninitialised },
    ErrorForm(17, "already initialised", names: [.alreadyInitialised]) { _ in
      .alreadyInitialised
    },
    ErrorForm(18, "closed", names: [.closed]) { _ in .closed },
    ErrorForm(
      19, "hypercall failed{: % of % answered %}", .register, .register, .answer,
      names: [.mmioGuardIsBroken]
    ) {
      .hypercallFailed(
        function: UInt32(truncatingIfNeeded: $0[0]), address: $0[1],
        answer: Int64(bitPattern: $0[2]))
    },
    ErrorForm(20, "granule{ %} is not a power of two", .number) {
      .granuleIsNotAPowerOfTwo($0[0])
    },
    ErrorForm(21, "unknown hypervisor", names: [.hypervisorIsUnknown]) { words in
      func word(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
      return .unknownHypervisor(UUIDWords(word(0), word(1), word(2), word(3)))
    },
    ErrorForm(22, "no static range", names: [.noStaticRange]) { _ in .noStaticRange },
    ErrorForm(23, "no MMIO guard", names: [.noGuard]) { _ in .mmioGuardUnsupported },
    ErrorForm(24, "MMIO granule{ %} is misaligned", .number, names: [.mmioGuardIsBroken]) {
      .mmioGranuleIsMisaligned($0[0])
    },
    ErrorForm(25, "already mapped{: %}", .address, names: [.alreadyMapped]) {
      .alreadyMapped($0.address)
    },
    ErrorForm(26, "busy") { _ in .busy },
  ]
}
