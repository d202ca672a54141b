import MemorySharing
import SharingModel
import SimulatedHypervisors

// The space of spec §8 as labels. A new label is one line.

extension Label {
  /// All labels, by dimension.
  public static let all: [Label] = [
    granules, minimumBlocks, pairs, orders, arenas, starts, offsets, heaps, sizes, heapSizes,
    alignments, requests, errors, regions, frees, inits, scant, identities, faultPositions,
    faultFunctions, faultPairs, quarantines, hosts, teardowns, mmio, added, programs,
    crossings,
  ].flatMap { $0 }

  // Where the pool is static, or needs no sharing, nobody asks what the granule is.
  private static let granules: [Label] = [
    Label("granule-1", .firstShared, on: .dynamic, "A granule of 1 byte.") { $0.granule == 1 },
    Label("granule-64", .firstShared, on: .dynamic, "A granule of 64 bytes.") { $0.granule == 64 },
    Label("granule-4096", .firstShared, on: .dynamic, "A granule of 4 KiB.") {
      $0.granule == 4096
    },
    Label("granule-16384", .firstShared, on: .dynamic, "A granule of 16 KiB.") {
      $0.granule == 16384
    },
    Label("granule-65536", .firstShared, on: .dynamic, "A granule of 64 KiB.") {
      $0.granule == 65536
    },
    Label("granule-2^20", .firstShared, on: .dynamic, "A granule of 1 MiB.") {
      $0.granule == 1 << 20
    },
    Label("granule-unusual", .firstShared, on: .dynamic, "A granule of another size.") {
      ![1, 64, 4096, 16384, 65536, 1 << 20].contains($0.granule)
    },
  ]

  private static let minimumBlocks: [Label] = [
    Label("block-1", .firstShared, "A minimum block of 1 byte.") { $0.block == 1 },
    Label("block-8", .firstShared, "A minimum block of 8 bytes.") { $0.block == 8 },
    Label("block-16", .firstShared, "A minimum block of 16 bytes.") { $0.block == 16 },
    Label("block-4096", .firstShared, "A minimum block of 4 KiB.") { $0.block == 4096 },
    Label("block-65536", .firstShared, "A minimum block of 64 KiB.") { $0.block == 65536 },
    Label("block-2^20", .firstShared, "A minimum block of 1 MiB.") { $0.block == 1 << 20 },
    Label("block-unusual", .firstShared, "A minimum block of another size.") {
      ![1, 8, 16, 4096, 65536, 1 << 20].contains($0.block)
    },
  ]

  // Where two dimensions matter together.
  private static let pairs: [Label] = [
    Label("block-below-granule", .firstShared, on: .dynamic, "A minimum block below the granule.") {
      $0.block < $0.granule
    },
    Label("block-of-a-granule", .firstShared, on: .dynamic, "A minimum block of one granule.") {
      $0.block == $0.granule
    },
    Label("block-above-granule", .firstShared, on: .dynamic, "A minimum block above the granule.") {
      $0.block > $0.granule
    },
    Label("dma-below-granule", .dma, on: .dynamic, "A DMA buffer smaller than a granule.") {
      $0.pages > 0 && $0.size < $0.granule
    },
    Label("dma-above-granule", .dma, on: .dynamic, "A DMA buffer of several granules.") {
      $0.pages > 0 && $0.size > $0.granule
    },
    Label("static-small-granule", .firstShared, on: .fixed, "A static pool, granules below 4 KiB.")
    { $0.granule < 4096 },
    Label("static-page-granule", .firstShared, on: .fixed, "A static pool, granules of 4 KiB.") {
      $0.granule == 4096
    },
    Label("static-large-granule", .firstShared, on: .fixed, "A static pool, granules above 4 KiB.")
    { $0.granule > 4096 },
    Label("static-block-above-page", .firstShared, on: .fixed, "A static pool, blocks above 4 KiB.")
    { $0.block > 4096 },
    Label("buddy-shares", .firstShared, on: .dynamic, "A region from a buddy heap, shared.") {
      !$0.isFirstFit
    },
    Label("first-fit-shares", .firstShared, on: .dynamic, "A region from a first-fit heap, shared.")
    {
      $0.isFirstFit
    },
    Label("buddy-lends", .firstShared, on: .heap, "A region from a buddy heap, unshared.") {
      !$0.isFirstFit
    },
    Label("first-fit-lends", .firstShared, on: .heap, "A region from a first-fit heap, unshared.") {
      $0.isFirstFit
    },
  ]

  private static let orders: [Label] = [
    Label("pool-orders-1", .firstShared, "A pool of one order.") { $0.poolOrders == 1 },
    Label("pool-orders-few", .firstShared, "A pool of 2 to 7 orders.") {
      2...7 ~= $0.poolOrders
    },
    Label("pool-orders-usual", .firstShared, "A pool of 8 to 31 orders.") {
      8...31 ~= $0.poolOrders
    },
    Label("pool-orders-many", .firstShared, "A pool of 32 orders or more.") { $0.poolOrders >= 32 },
    Label("pool-orders-64", .firstShared, "A pool of 64 orders.") { $0.poolOrders == 64 },
    Label("pool-top-order", .size, "A block of the pool's top order, of 2 or more.") {
      $0.poolOrders > 1 && $0.madeBlock == $0.poolTop
    },
    Label("pool-top-order-of-12", .size, "A block of the pool's top order, of 12 or more.") {
      $0.poolOrders >= 12 && $0.madeBlock == $0.poolTop
    },
    Label("heap-orders-1", .firstBuffer, "A heap of one order.") {
      !$0.isFirstFit && $0.heapOrders == 1
    },
    Label("heap-orders-few", .firstBuffer, "A heap of 2 to 7 orders.") {
      !$0.isFirstFit && 2...7 ~= $0.heapOrders
    },
    Label("heap-orders-usual", .firstBuffer, "A heap of 8 to 31 orders.") {
      !$0.isFirstFit && 8...31 ~= $0.heapOrders
    },
    Label("heap-orders-many", .firstBuffer, "A heap of 32 orders or more.") {
      !$0.isFirstFit && $0.heapOrders >= 32
    },
    Label("heap-orders-64", .firstBuffer, "A heap of 64 orders.") {
      !$0.isFirstFit && $0.heapOrders == 64
    },
    Label("heap-top-order", .heapSize, "A block of the heap's top order, of 2 or more.") {
      !$0.isFirstFit && $0.heapOrders > 1 && $0.madeBlock == $0.heapTop
    },
    Label("merge-to-the-top", .merged, "A free that merges up to the pool's top order.") {
      $0.mergesToTheTop
    },
    Label("merge-of-eight-orders", .merged, "A free that merges through eight orders.") {
      $0.merges.count >= 8
    },
    Label("index-of-one-layer", .firstBuffer, "An allocator whose index has one layer.") {
      $0.layers == 1
    },
    Label("index-of-two-layers", .firstBuffer, "An allocator whose index has two layers.") {
      $0.layers == 2
    },
    Label("index-of-three-layers", .firstBuffer, "An allocator whose index has three layers.") {
      $0.layers >= 3
    },
  ]

  private static let arenas: [Label] = [
    Label("arena-of-one-block", .firstBuffer, "An arena of one minimum block.") { $0.blocks == 1 },
    Label("arena-to-2^12", .firstBuffer, "An arena of up to 4 KiB.") { $0.arena <= 1 << 12 },
    Label("arena-to-2^16", .firstBuffer, "An arena of 4 to 64 KiB.") {
      $0.arena > 1 << 12 && $0.arena <= 1 << 16
    },
    Label("arena-to-2^20", .firstBuffer, "An arena of 64 KiB to 1 MiB.") {
      $0.arena > 1 << 16 && $0.arena <= 1 << 20
    },
    Label("arena-to-2^24", .firstBuffer, "An arena of 1 to 16 MiB.") {
      $0.arena > 1 << 20 && $0.arena <= 1 << 24
    },
    Label("arena-to-2^32", .firstBuffer, "An arena of 16 MiB to less than 4 GiB.") {
      $0.arena > 1 << 24 && $0.arena < 1 << 32
    },
    Label("arena-from-2^32", .firstBuffer, "An arena of 4 GiB or more.") { $0.arena >= 1 << 32 },
    Label("arena-from-2^36", .firstBuffer, "An arena of 64 GiB or more.") { $0.arena >= 1 << 36 },
    Label("arena-of-2^40", .firstBuffer, "An arena of 1 TiB.") { $0.arena == 1 << 40 },
    Label("arena-from-2^16-blocks", .firstBuffer, "An arena of 65536 minimum blocks or more.") {
      $0.blocks >= 1 << 16
    },
    Label("arena-of-2^20-blocks", .firstBuffer, "An arena of as many blocks as may be.") {
      $0.blocks == 1 << 20
    },
    Label("arena-ragged", .firstBuffer, "An arena that ends inside a granule.") {
      ($0.start &+ $0.arena) % $0.granule != 0
    },
    Label("arena-not-a-power-of-two", .firstBuffer, "An arena whose size is no power of two.") {
      $0.arena & ($0.arena - 1) != 0
    },
  ]

  private static let starts: [Label] = [
    Label("arena-at-0", .firstBuffer, "An arena that starts at 0.") { $0.start == 0 },
    Label("arena-at-a-granule", .firstBuffer, "An arena that starts after one granule.") {
      $0.start == $0.granule
    },
    Label("arena-off-a-granule", .firstBuffer, "An arena that starts inside a granule.") {
      $0.start % $0.granule != 0
    },
    Label("arena-off-a-block", .firstBuffer, "An arena that starts inside a minimum block.") {
      $0.start % $0.block != 0
    },
    Label("arena-above-2^32", .firstBuffer, "An arena that starts between 2^32 and the top.") {
      $0.start >= 1 << 32 && $0.room > 1 << 32
    },
    Label("arena-near-the-top", .firstBuffer, "An arena with less than 4 MiB after it.") {
      $0.room < 1 << 22
    },
    Label("arena-in-the-top-granule", .firstBuffer, "An arena with no whole granule after it.") {
      $0.room < $0.granule
    },
    Label("arena-at-the-top", .firstBuffer, "An arena that ends with the address space.") {
      $0.room == 0
    },
    Label("shares-near-the-top", .firstShared, on: .dynamic, "A region with 4 MiB after its arena.")
    { $0.room < 1 << 22 },
    Label("shares-at-0", .firstShared, on: .dynamic, "A region of an arena that starts at 0.") {
      $0.start == 0
    },
  ]

  private static let offsets: [Label] = [
    Label("offset-0", .firstShared, "Virtual addresses that are physical ones.") { $0.offset == 0 },
    Label("offset-of-65536", .firstShared, "Virtual addresses 64 KiB above physical ones.") {
      $0.offset == 65536
    },
    Label("offset-above-65536", .firstShared, "Virtual addresses further above.") {
      $0.offset > 65536
    },
    Label("static-page", .firstShared, on: .fixed, "A static range of one page.") {
      $0.staticPages == 1
    },
    Label("static-8-pages", .firstShared, on: .fixed, "A static range of 8 pages or more.") {
      $0.staticPages >= 8
    },
    Label("static-17-pages", .firstShared, on: .fixed, "A static range of 17 pages or more.") {
      $0.staticPages >= 17
    },
  ]

  private static let heaps: [Label] = [
    Label("heap-buddy", .heapSize, "A buffer of a buddy heap.") { !$0.isFirstFit },
    Label("heap-first-fit", .heapSize, "A buffer of a first-fit heap.") { $0.isFirstFit },
    Label("heap-zeroed", .heap, "A zeroed buffer of the heap.") { $0.isZeroed },
    Label("heap-beside-regions", .heap, on: [.dynamic, .heap], "A heap buffer beside a region.") {
      $0.regions > 0
    },
    Label("heap-exhausted", .error, key: 5, "A request that the heap has no room for.") {
      $0.command?.kind == .heapAllocate
    },
    Label(
      "refill-exhausted", .notRefilled, on: [.dynamic, .heap], "A refill that the heap refuses."
    ) {
      $0.model.record.layoutRefused != nil && !$0.heapRefuses
    },
    Label(
      "static-exhausted", .error, key: 5, on: .fixed, "A request that a static pool cannot serve."
    ) {
      $0.command?.kind != .heapAllocate
    },
  ]

  // What the pool served, by magnitude.
  private static let sizes: [Label] = [
    Label("buffer-of-a-byte", .magnitude, "A shared buffer of 1 byte.") { $0.size == 1 },
    Label("buffer-to-4-kibibytes", .magnitude, "A shared buffer of up to 4 KiB.") {
      $0.size <= 1 << 12
    },
    Label("buffer-to-64-kibibytes", .magnitude, "A shared buffer of 4 to 64 KiB.") {
      $0.size > 1 << 12 && $0.size <= 1 << 16
    },
    Label("buffer-to-1-mebibyte", .magnitude, "A shared buffer of 64 KiB to 1 MiB.") {
      $0.size > 1 << 16 && $0.size <= 1 << 20
    },
    Label("buffer-of-4-mebibytes", .magnitude, "A shared buffer of 1 to 4 MiB.") {
      $0.size > 1 << 20 && $0.size <= 1 << 22
    },
    Label("buffer-of-16-mebibytes", .magnitude, "A shared buffer of 4 to 16 MiB.") {
      $0.size > 1 << 22 && $0.size <= 1 << 24
    },
    Label("buffer-to-4-gibibytes", .magnitude, "A shared buffer of 16 MiB to 4 GiB.") {
      $0.size > 1 << 24 && $0.size <= 1 << 32
    },
    Label("buffer-from-2^32", .size, on: [.dynamic, .heap], "A shared buffer of 4 GiB or more.") {
      $0.size >= 1 << 32
    },
    Label("buffer-of-a-granule", .size, on: .dynamic, "A shared buffer of one granule.") {
      $0.size == $0.granule
    },
    Label("buffer-of-granules", .size, on: .dynamic, "A shared buffer of whole granules.") {
      $0.size > $0.granule && $0.size % $0.granule == 0
    },
    Label("buffer-broken", .size, on: .dynamic, "A shared buffer of granules and a part.") {
      $0.size > $0.granule && $0.size % $0.granule != 0
    },
    Label("buffer-rounded", .size, "A shared buffer smaller than its block.") {
      $0.size < $0.madeBlock
    },
    Label("buffer-of-the-arena", .size, on: [.dynamic, .heap], "A buffer as large as the arena.") {
      $0.size == $0.arena
    },
    Label("dma-of-a-page", .dma, "A DMA buffer of one page.") { $0.pages == 1 },
    Label("dma-of-pages", .dma, "A DMA buffer of several pages.") { $0.pages > 1 },
    Label("dma-of-three-pages", .dma, "A DMA buffer whose pages are no power of two.") {
      $0.pages & ($0.pages &- 1) != 0
    },
    Label("dma-of-1-mebibyte", .dma, "A DMA buffer of 1 MiB or more.") {
      $0.pages >= 256
    },
    Label("bounce-to-device", .bounce, "A bounce buffer to the device.") {
      $0.direction == .driverToDevice
    },
    Label("bounce-from-device", .bounce, "A bounce buffer from the device.") {
      $0.direction == .deviceToDriver
    },
    Label("bounce-both-ways", .bounce, "A bounce buffer for both ways.") { $0.direction == .both },
    Label("bounce-of-64-kibibytes", .bounce, "A bounce buffer of 64 KiB or more.") {
      $0.direction != nil && $0.size >= 65536
    },
  ]

  private static let heapSizes: [Label] = [
    Label("heap-buffer-to-2^12", .heapSize, "A heap buffer of up to 4 KiB.") { $0.size <= 1 << 12 },
    Label("heap-buffer-to-2^20", .heapSize, "A heap buffer of 4 KiB to 1 MiB.") {
      $0.size > 1 << 12 && $0.size <= 1 << 20
    },
    Label("heap-buffer-to-2^32", .heapSize, "A heap buffer of 1 MiB to less than 4 GiB.") {
      $0.size > 1 << 20 && $0.size < 1 << 32
    },
    Label("heap-buffer-from-2^32", .heapSize, "A heap buffer of 4 GiB or more.") {
      $0.size >= 1 << 32
    },
    Label("heap-buffer-of-the-arena", .heapSize, "A heap buffer as large as the arena.") {
      $0.size == $0.arena
    },
  ]

  private static let alignments: [Label] = [
    Label("aligned-1", .size, "A shared buffer aligned to 1.") { $0.alignment == 1 },
    Label("aligned-above-size", .aligned, "A shared buffer aligned to more than its size.") {
      $0.alignment > $0.size
    },
    Label("aligned-to-a-granule", .aligned, on: .dynamic, "A buffer aligned to a granule above 1.")
    {
      $0.granule > 1 && $0.alignment == $0.granule
    },
    Label("aligned-above-a-granule", .aligned, on: .dynamic, "A buffer aligned above a granule.") {
      $0.alignment > $0.granule
    },
    Label("aligned-from-2^16", .aligned, "A shared buffer aligned to 64 KiB or more.") {
      $0.alignment >= 1 << 16
    },
    Label("aligned-from-2^20", .aligned, "A shared buffer aligned to 1 MiB or more.") {
      $0.alignment >= 1 << 20
    },
    Label("heap-aligned-above-size", .heapSize, "A heap buffer aligned to more than its size.") {
      $0.alignment > $0.size
    },
    Label("heap-aligned-from-2^16", .heapSize, "A heap buffer aligned to 64 KiB or more.") {
      $0.alignment >= 1 << 16
    },
    Label("asked-alignment-0", .error, key: 2, "A request with an alignment of 0.") {
      $0.askedAlignment == 0
    },
    Label("asked-alignment-3", .error, key: 2, "A request with an alignment of 3.") {
      $0.askedAlignment == 3
    },
    Label("asked-alignment-24", .error, key: 2, "A request with an alignment of 24.") {
      $0.askedAlignment == 24
    },
    Label("asked-alignment-above-arena", .oddlyAligned, "An alignment above the arena's size.") {
      $0.askedAlignment > $0.arena
    },
  ]

  // Faults of requests that share their errors with others; the other faults have errors of theirs.
  private static let requests: [Label] = [
    Label("request-overflows", .tooLarge, "A request whose sum or rounding leaves 64 bits.") {
      $0.isRefused(for: .overflow)
    },
    Label("request-above-the-top-order", .tooLarge, "A request above the top order.") {
      $0.isRefused(for: .aboveTheTopOrder)
    },
  ]

  // An unknown hypervisor, or a broken MMIO guard, ends the run before its first command; and only
  // a call in the middle of another is told that the pool is busy.
  private static let errors: [Label] = ErrorForm.all.filter { $0.number != 26 }.map { form in
    let number = Int(form.number)
    let isAtStart = number == 21 || number == 24
    return Label(
      "error-\(kebab(form.name))", isAtStart ? .end : .error, key: isAtStart ? 0 : number,
      on: backings(of: form), "A call that throws \"\(form.name)\"."
    ) { $0.errorNumber == number }
  }

  private static func backings(of form: ErrorForm) -> Scope {
    switch form.number {
    // A misaligned range, one at 0, and a hypervisor that was given none.
    case 13, 14, 22: .fixed
    case 15: [.guarded, .fixed]
    // A hypercall failed, or answered what is not a granule; and MMIO.
    case 19, 20: .dynamic
    case 24, 25: .guarded
    case 23: [.unguarded, .fixed, .heap]
    default: .all
    }
  }

  private static let regions: [Label] = [
    Label("one-region", .refill, on: [.dynamic, .heap], "A pool of one region.") {
      $0.regions == 1
    },
    Label("more-than-8-regions", .refill, on: [.dynamic, .heap], "A pool of 9 regions or more.") {
      $0.regions > 8
    },
    Label("more-than-32-regions", .refill, on: [.dynamic, .heap], "A pool of 33 regions or more.") {
      $0.regions > 32
    },
    Label("more-than-64-regions", .refill, on: [.dynamic, .heap], "A pool of 65 regions or more.") {
      $0.regions > 64
    },
    Label("region-of-a-granule", .refill, on: .dynamic, "A region of one granule.") {
      $0.region == $0.granule
    },
    Label("region-of-granules", .refill, on: .dynamic, "A region of 2 to 64 granules.") {
      $0.region > $0.granule && $0.region <= 64 * $0.granule
    },
    Label("region-above-64-granules", .refill, on: .dynamic, "A region of 65 granules or more.") {
      $0.region > 64 * $0.granule
    },
    Label("region-above-1024-granules", .refill, on: .dynamic, "A region of 1025 granules or more.")
    { $0.region > 1024 * $0.granule },
    Label("buffer-across-regions", .regions, on: [.dynamic, .heap], "A buffer in two regions.") {
      $0.spansRegions
    },
  ]

  // A free at a foreign address is never served.
  private static let frees: [Label] = Freeing.allCases.flatMap { way in
    let word = kebab("\(way)")
    let served = Label(
      "freed-\(word)", .freed, key: way.rawValue, "A free that is served: \(way.sentence)."
    ) { _ in
      true
    }
    let refused = Label(
      "not-freed-\(word)", .notFreed, key: way.rawValue, "A free that is refused: \(way.sentence)."
    ) {
      $0.freeing == way
    }
    return way == .foreign ? [refused] : [served, refused]
  }

  // The first init of a run, by its kind.
  private static let inits: [Label] =
    Initialisation.allCases.map { kind in
      Label(
        "init-\(kebab("\(kind)"))", kind.breaksARule ? .notInitialised : .initialised,
        on: kind.backings,
        "A first init that is \(kind.breaksARule ? "refused" : "served"): \(kind.sentence)."
      ) { $0.isFirstInit && $0.initialisation == kind }
    } + [
      Label(
        "init-after-a-refused-one", .initialised, on: [.dynamic, .fixed],
        "An init that is served after a refused one."
      ) {
        $0.isFirstInit && $0.hadRefusedInit
      },
      Label("init-after-a-teardown", .notInitialised, "An init of a closed pool.") {
        $0.initialisation != nil && $0.stateBefore == .closed
      },
    ]

  private static let scant: [Label] = [
    Label(
      "metadata-is-scant", .notInitialised, "An init that lacks storage for the pool's metadata."
    ) {
      $0.isFirstInit && $0.isRefused(for: .metadataIsScant)
    },
    Label("records-run-out", .error, key: 6, on: [.dynamic, .heap], "A refill without a record.") {
      $0.model.record.recordLack != nil
    },
    Label(
      "records-run-out-later", .error, key: 6, on: [.dynamic, .heap], "The same with a region made."
    ) { $0.model.record.recordLack != nil && !$0.model.regions.isEmpty },
    Label("mmio-records-run-out", .error, key: 15, on: .guarded, "A MAP without a record.") {
      $0.window != nil
    },
  ]

  private static let identities: [Label] = [
    Label("near-miss-identity", .end, "A UUID that differs in one bit.") {
      [.firstWordDiffers, .secondWordDiffers, .thirdWordDiffers, .fourthWordDiffers]
        .contains($0.disguise)
    },
    Label("near-miss-first-word", .end, "A UUID whose first word differs.") {
      $0.disguise == .firstWordDiffers
    },
    Label("near-miss-second-word", .end, "A UUID whose second word differs.") {
      $0.disguise == .secondWordDiffers
    },
    Label("near-miss-third-word", .end, "A UUID whose third word differs.") {
      $0.disguise == .thirdWordDiffers
    },
    Label("near-miss-fourth-word", .end, "A UUID whose fourth word differs.") {
      $0.disguise == .fourthWordDiffers
    },
    Label("uuid-under-garbage", .end, "The words of the UUID lie under garbage.") {
      $0.disguise == .upperBits
    },
    Label("odd-mmio-guard", .end, "INFO answers 0, an error, or what is no granule.") {
      [.guardInfoIsZero, .guardInfoFails, .guardGranuleIsBroken].contains($0.disguise)
    },
    Label("no-identity", .end, "A hypervisor without a UUID.") { $0.disguise == .none },
  ]

  // Faults that fired, by mode and position.
  private static let faultPositions: [Label] =
    modes.flatMap { mode, name in
      positions.map { position, place, words in
        Label("\(name)-\(place)", .fired, on: .dynamic, "A hypercall, \(words), that \(name).") {
          $0.fired.contains(mode, position)
        }
      } + [
        Label(
          "\(name)-lasting", .fired, on: .dynamic, "A fault that lasts for 2 calls: \(name)."
        ) { $0.fired.lasts(mode) },
        Label(
          "\(name)-standing", .fired, on: .dynamic, "A fault set earlier that fires: \(name)."
        ) { $0.fired.isStanding(mode) },
      ]
    } + [
      Label("fails-with-another-answer", .fired, on: .dynamic, "A failure that is not -3.") {
        $0.fired.hasAnotherAnswer
      },
      Label(
        "garbage-without-lower-half", .fired, on: .dynamic, "Garbage whose lower half is 0."
      ) {
        $0.fired.hasEmptyLowerHalf
      },
    ]

  private static let modes: [(FiredFaults.FiredMode, String)] = [
    (.fails, "fails"), (.takesEffect, "fails-but-takes-effect"), (.garbage, "answers-garbage"),
  ]
  private static let positions: [(FiredFaults.PositionClass, String, String)] = [
    (.first, "at-the-1st-hypercall", "the first"), (.upTo6, "at-the-2nd-to-6th", "2nd to 6th"),
    (.upTo64, "at-the-7th-to-64th", "7th to 64th"),
    (.later, "beyond-the-64th-hypercall", "after the 64th"),
  ]

  // Faults that fired, by mode and function.
  private static let faultFunctions: [Label] = modes.flatMap { mode, name in
    functions.map { function, word, backings in
      Label("\(word)-\(name)", .fired, on: backings, "A hypercall, \(word), that \(name).") {
        $0.fired.contains(mode, of: function)
      }
    }
  }

  private static let functions: [(HypercallFunction, String, Scope)] = [
    (.memInfo, "meminfo", .dynamic), (.memShare, "share", .dynamic),
    (.memUnshare, "unshare", .dynamic), (.mmioGuardMap, "map", .guarded),
    (.mmioGuardUnmap, "unmap", .guarded),
  ]

  private static let faultPairs: [Label] = [
    Label("fault-beyond-the-64th-hypercall", .fired, on: .dynamic, "Any, after the 64th call.") {
      sight in modes.contains { sight.fired.contains($0.0, .later) }
    },
    Label("two-faults-in-a-command", .faulty, on: .dynamic, "Two faults that fire.") {
      $0.faults >= 2
    },
    Label("two-hypercalls-fail", .faulty, on: .dynamic, "Two hypercalls with faults.") {
      $0.fired.armed >= 2
    },
    Label("heap-and-hypercall-fail", .faulty, on: .dynamic, "The heap refuses, a call fails.") {
      $0.fired.armed >= 1 && ($0.heapRefuses || $0.heapRefusesFree)
    },
    Label("host-and-hypercall-fail", .faulty, on: .dynamic, "The host acts, a call fails.") {
      $0.fired.armed >= 1 && !$0.deeds.isEmpty
    },
    Label("fault-in-an-init", .faulty, on: .dynamic, "A fault that fires in an init.") {
      $0.fired.armed > 0 && $0.initialisation != nil
    },
    Label("fault-in-a-refill", .faulty, on: .dynamic, "A fault that fires in a refill.") {
      $0.fired.armed > 0 && $0.model.record.poolRequest != nil
    },
    Label("fault-in-a-teardown", .faulty, on: .dynamic, "A fault that fires in a teardown.") {
      $0.fired.armed > 0 && $0.isTeardown
    },
    Label("fault-in-a-map", .faulty, on: .guarded, "A fault that fires in a MAP.") {
      $0.fired.armed > 0 && $0.window != nil
    },
    Label("fault-in-an-unmap", .faulty, on: .guarded, "A fault that fires as all is unmapped.") {
      $0.fired.armed > 0 && $0.command == .unmapAllMMIO
    },
    Label("heap-refuses-an-allocation", .faulty, on: [.dynamic, .heap], "A refused region.") {
      $0.heapRefuses
    },
    Label("heap-refuses-a-free", .faulty, on: [.dynamic, .heap], "A region not taken back.") {
      $0.heapRefusesFree
    },
    Label("heap-refuses-a-free-later", .faulty, on: [.dynamic, .heap], "The same, not the 1st.") {
      $0.heapRefusesFree && $0.model.record.regionsReturned.count > 0
    },
  ]

  private static let quarantines: [Label] = [
    Label("quarantine-in-a-refill", .disturbed, on: .dynamic, "A granule lost in a refill.") {
      $0.quarantines && !$0.isTeardown
    },
    Label("quarantine-in-a-teardown", .disturbed, on: .dynamic, "A granule lost in a teardown.") {
      $0.quarantines && $0.isTeardown
    },
    Label("quarantine-of-one", .disturbed, on: .dynamic, "One granule in quarantine.") {
      $0.quarantines && $0.quarantinedGranules == 1
    },
    Label("quarantine-of-several", .disturbed, on: .dynamic, "Several granules in quarantine.") {
      $0.quarantinedGranules > 1
    },
    Label("quarantine-of-a-part", .disturbed, on: .dynamic, "A granule lost of a larger region.") {
      $0.quarantines && $0.quarantinesPartOfARegion
    },
    Label("quarantine-twice", .disturbed, on: .dynamic, "A granule lost after another.") {
      $0.hadQuarantine && $0.quarantines
    },
    Label("shared-after-a-quarantine", .refill, on: .dynamic, "A refill after a quarantine.") {
      $0.hadQuarantine
    },
    Label("abandoned", .teardown, on: .dynamic, "Granules that a drop abandons.") {
      $0.isDrop && !$0.model.abandoned.isEmpty
    },
  ]

  private static let hosts: [Label] = [
    Label("host-writes", .host, on: [.dynamic, .fixed], "The host writes between two commands.") {
      $0.command == .scribble
    },
    Label("host-pins", .host, on: [.dynamic, .fixed], "The host pins a granule.") {
      if case .pin = $0.command { true } else { false }
    },
    Label("host-unpins", .host, on: [.dynamic, .fixed], "The host lets go of what it has pinned.") {
      $0.command == .unpinAll
    },
    Label("host-writes-in-the-middle", .faulty, on: .dynamic, "The host writes in a command.") {
      $0.deeds.contains(.writes)
    },
    Label("host-pins-in-the-middle", .faulty, on: .dynamic, "The host pins in a command.") {
      $0.deeds.contains(.pins)
    },
    Label("host-unpins-in-the-middle", .faulty, on: .dynamic, "The host lets go in a command.") {
      $0.deeds.contains(.unpins)
    },
    Label(
      "call-in-a-refill", .faulty, on: [.dynamic, .heap], "A call in the middle of a refill."
    ) {
      $0.isInterrupted && $0.model.record.poolRequest != nil
    },
    Label(
      "call-in-a-teardown", .faulty, on: [.dynamic, .heap], "A call in the middle of a teardown."
    ) {
      $0.isInterrupted && $0.isTeardown
    },
    Label("call-in-a-map", .faulty, on: .guarded, "A call in the middle of a MAP.") {
      $0.isInterrupted && $0.window != nil
    },
    Label("allocates-in-a-call", .faulty, on: [.dynamic, .heap], "It asks for a buffer.") {
      $0.isInterrupted(by: .allocates)
    },
    Label("frees-in-a-call", .faulty, on: [.dynamic, .heap], "It frees a buffer.") {
      $0.isInterrupted(by: .frees)
    },
    Label("shares-in-a-call", .faulty, on: [.dynamic, .heap], "It makes a bounce buffer.") {
      $0.isInterrupted(by: .shares)
    },
    Label("tears-down-in-a-call", .faulty, on: [.dynamic, .heap], "It takes everything back.") {
      $0.isInterrupted(by: .unsharesAll)
    },
    Label("pin-stops-an-unshare", .disturbed, on: .dynamic, "An UNSHARE of a pinned granule.") {
      $0.failsByItself(.memUnshare)
    },
    Label("pin-in-the-middle-stops-an-unshare", .faulty, on: .dynamic, "One pinned just then.") {
      $0.deeds.contains(.pins) && $0.failsByItself(.memUnshare)
    },
    Label("guest-writes-a-secret", .host, "The guest writes into a buffer of the heap.") {
      if case .guestWrites(_, isPrivate: true) = $0.model.action { true } else { false }
    },
    Label("guest-writes-to-the-host", .host, "The guest writes into a buffer of the pool.") {
      if case .guestWrites(_, isPrivate: false) = $0.model.action { true } else { false }
    },
  ]

  private static let teardowns: [Label] = [
    Label("teardown-by-unshare-all", .teardown, "A teardown of an open pool by `unshareAll`.") {
      !$0.isDrop && $0.stateBefore == .open
    },
    Label("teardown-by-drop", .teardown, "A teardown of an open pool by a drop.") {
      $0.isDrop && $0.stateBefore == .open
    },
    Label("teardown-before-an-init", .teardown, "A teardown of a pool without an init.") {
      !$0.isDrop && $0.stateBefore == .uninitialised
    },
    Label("teardown-twice", .teardown, "A second `unshareAll`.") {
      !$0.isDrop && $0.stateBefore == .closed
    },
    Label("drop-after-a-teardown", .teardown, "A drop of a closed pool.") {
      $0.isDrop && $0.stateBefore == .closed
    },
    Label("teardown-with-live-buffers", .teardown, "A teardown with live buffers of the pool.") {
      $0.liveBefore > 0
    },
    Label("teardown-with-8-live-buffers", .teardown, "A teardown with more than 8 of them.") {
      $0.liveBefore > 8
    },
    Label("teardown-with-forgotten-buffers", .teardown, "A teardown with live, unnamed buffers.") {
      $0.unnamedBefore > 0
    },
    Label("teardown-with-heap-buffers", .teardown, "A teardown with live buffers of the heap.") {
      !$0.model.live.isEmpty
    },
    Label("teardown-after-a-quarantine", .teardown, on: .dynamic, "A teardown with granules lost.")
    {
      $0.hadQuarantine && !$0.hadReport
    },
    Label(
      "teardown-of-8-regions", .teardown, on: [.dynamic, .heap], "A teardown of over 8 regions."
    ) { $0.regionsBefore > 8 },
    Label("teardown-of-64-regions", .teardown, on: [.dynamic, .heap], "The same of over 64.") {
      $0.regionsBefore > 64
    },
    Label("closed-pool-used-again", .error, key: 18, "A buffer asked of a closed pool.") {
      $0.stateBefore == .closed && $0.command?.madeSlot != nil && $0.isRefused(for: .closed)
    },
    Label("closed-pool-freed-again", .error, key: 18, "A free after a teardown.") {
      $0.stateBefore == .closed && $0.freeing != nil && $0.isRefused(for: .closed)
    },
    Label("heap-used-after-a-teardown", .heap, "A heap buffer after a teardown.") {
      $0.stateBefore == .closed
    },
  ]

  private static let mmio: [Label] = [
    Label("mmio-page", .mapped, on: .guarded, "A MAP of one page.") { $0.mappedPages == 1 },
    Label("mmio-pages", .mapped, on: .guarded, "A MAP of several pages.") { $0.mappedPages > 1 },
    Label("mmio-head", .mapped, on: .guarded, "A MAP of the start of a page.") {
      $0.window == .head
    },
    Label("mmio-tail", .mapped, on: .guarded, "A MAP of the end of a page.") {
      $0.window == .tail
    },
    Label("mmio-over-the-arena", .notMapped, on: .dynamic, "A MAP over the arena.") {
      $0.window == .overTheArena
    },
    Label("mmio-over-static", .notMapped, on: .dynamic, "A MAP over the static range.") {
      $0.window == .overTheStaticRange
    },
    Label("mmio-at-the-top", .notMapped, on: .dynamic, "A MAP at the top of the address space.") {
      $0.window == .atTheTop
    },
    Label("mmio-window-shares-a-granule", .notMapped, on: .guarded, "Two windows in one granule.") {
      $0.sharesMappedGranule
    },
    Label("mmio-large-granule", .mapped, on: .guarded, "A MAP with granules above 4 KiB.") {
      $0.window != nil && $0.mmioGranule > 4096
    },
    Label("mmio-granule-of-three-pages", .mapped, on: .guarded, "A MAP with granules of 12 KiB.") {
      $0.window != nil && $0.mmioGranule == 12288
    },
    Label("mmio-unmapped", .unmapped, on: .guarded, "Several MMIO granules unmapped at once.") {
      $0.unmapped > 1
    },
    Label("mmio-mapped-again", .mapped, on: .guarded, "A MAP after MMIO was unmapped.") {
      $0.window != nil && $0.hadUnmapped
    },
    Label("mmio-stuck", .disturbed, on: .guarded, "An MMIO granule that stays mapped.") {
      !$0.model.mmioStuck.isEmpty
    },
    Label("mmio-of-several-regions", .mapped, on: .guarded, "Three MMIO regions at once.") {
      $0.model.mapped.count >= 3
    },
  ]

  private static let added: [Label] = [
    Label("range-added", .added, "The heap receives one more range.") { $0.added != nil },
    Label("half-a-range-added", .added, "The heap receives half of what it lacks.") {
      $0.added == .half
    },
    Label("range-used", .heap, "A heap buffer in a range that was added.") {
      $0.end > $0.model.configuration.arenaAtStart.end.rawValue
    },
    Label("range-held-back", .firstBuffer, "A heap without the end of its arena.") {
      $0.model.configuration.heldBack > 0
    },
    Label("range-added-again", .notAdded, "A range that the heap has.") { $0.added == .again },
    Label("range-across", .notAdded, "A range of which the heap has a part.") {
      $0.added == .across
    },
    Label("range-outside", .notAdded, "A range outside the arena.") { $0.added == .outside },
    Label("range-empty", .notAdded, "An empty range for the heap.") { $0.added == .empty },
    Label("range-overflowing", .notAdded, "A range for the heap that leaves 64 bits.") {
      $0.added == .overflowing
    },
  ]

  private static let programs: [Label] = [
    Label("program-of-a-command", .end, "A program of one command.") { $0.length == 1 },
    Label("program-to-9-commands", .end, "A program of 2 to 9 commands.") { 2...9 ~= $0.length },
    Label("program-to-49-commands", .end, "A program of 10 to 49 commands.") {
      10...49 ~= $0.length
    },
    Label("program-of-50-commands", .end, "A program of 50 commands or more.") { $0.length >= 50 },
  ]

  /// A name in words or in camel case as an id.
  private static func kebab(_ name: String) -> String {
    var id = ""
    var wasLower = false
    for character in name {
      if character == " " || (character.isUppercase && wasLower) { id += "-" }
      if character != " " { id += character.lowercased() }
      wasLower = character.isLowercase
    }
    return id
  }
}

extension Freeing {
  fileprivate var sentence: String {
    switch self {
    case .asAllocated: "as it was allocated"
    case .half: "of half the size"
    case .double: "of twice the size"
    case .inside: "at an address inside"
    case .foreign: "at a foreign address"
    case .asAnotherKind: "as another kind of buffer"
    case .inAnotherDirection: "in another direction"
    case .asItsNeighbour: "at its neighbour's address"
    }
  }
}

extension Initialisation {
  /// Whether its static range or memory map is bad.
  fileprivate var breaksARule: Bool {
    switch self {
    case .standard, .dynamic, .fixed, .heap: false
    default: true
    }
  }

  /// Where it can be the first init, and its range is looked at.
  fileprivate var backings: Scope {
    switch self {
    case .standard: .all
    case .dynamic: .dynamic
    case .heap: .heap
    default: .fixed
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .standard: "as the hypervisor wants it"
    case .withoutRange: "without a static range"
    case .emptyRange: "with an empty range"
    case .overflowingRange: "with a range that leaves 64 bits"
    case .unalignedAddress: "with a range off a page"
    case .unalignedSize: "with a broken number of pages"
    case .overlappingRange: "with a range over the arena"
    case .outsideRange: "with a range outside memory"
    case .rangeAtZero: "with a range at address 0"
    case .crowdedMap: "with a memory map that is full"
    case .dynamic: "dynamic, by name"
    case .fixed: "static, by name"
    case .heap: "of a heap, by name"
    }
  }
}
