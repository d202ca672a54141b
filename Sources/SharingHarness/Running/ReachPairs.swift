import SharingModel
import SimulatedHypervisors

// Where two dimensions of spec §8 matter together: each of one list with each of another.

/// Something that is so of a run at some moment: half of a label.
private struct Trait: Sendable {
  let id: String
  let words: String
  var backings: Scope?
  var backend: String?
  let holds: @Sendable (Sight) -> Bool

  init(
    _ id: String, _ words: String, on backings: Scope? = nil, backend: String? = nil,
    _ holds: @escaping @Sendable (Sight) -> Bool
  ) {
    self.id = id
    self.words = words
    self.backings = backings
    self.backend = backend
    self.holds = holds
  }
}

extension Label {
  /// The pairs of traits, as labels.
  static let crossings: [Label] =
    cross(granuleTraits, blockTraits, .firstShared, on: .dynamic)
    + cross(granuleTraits, heapTraits, .firstShared, on: .dynamic)
    + cross(granuleTraits, placeTraits, .firstShared, on: .dynamic)
    + cross(modeTraits, callTraits, .faulty, on: .dynamic)
    + cross(modeTraits, familyTraits, .faulty, on: .dynamic)
    + cross(teardownTraits, lossTraits, .teardown, on: .dynamic)
    + cross(arenaTraits, bufferTraits, .magnitude, on: [.dynamic, .heap])

  private static func cross(
    _ one: [Trait], _ other: [Trait], _ moment: Moment, on backings: Scope
  ) -> [Label] {
    one.flatMap { first in
      other.map { second in
        Label(
          "\(first.id)-\(second.id)", moment, on: second.backings ?? backings,
          backend: second.backend,
          "\(first.words), \(second.words)."
        ) { first.holds($0) && second.holds($0) }
      }
    }
  }

  private static let granuleTraits = [
    Trait("small-granule", "Granules below 4 KiB") { $0.granule < 4096 },
    Trait("page-granule", "Granules of 4 KiB") { $0.granule == 4096 },
    Trait("large-granule", "Granules above 4 KiB") { $0.granule > 4096 },
  ]

  private static let blockTraits = [
    Trait("block-to-8", "minimum blocks of 1 to 8 bytes") { $0.block <= 8 },
    Trait("block-to-2048", "minimum blocks of 16 to 2048 bytes") { 16...2048 ~= $0.block },
    Trait("block-from-4096", "minimum blocks of 4 KiB or more") { $0.block >= 4096 },
  ]

  private static let heapTraits = [
    Trait("buddy-heap", "a buddy heap") { !$0.isFirstFit },
    Trait("first-fit-heap", "a first-fit heap") { $0.isFirstFit },
  ]

  private static let placeTraits = [
    Trait("aligned-arena", "an arena that starts at one") { $0.start % $0.granule == 0 },
    Trait("misaligned-arena", "an arena that starts inside one") { $0.start % $0.granule != 0 },
    Trait("virtual-offset", "virtual addresses that are not physical ones") { $0.offset != 0 },
  ]

  private static let modeTraits = [
    Trait("fails", "A hypercall that fails") { $0.fired.contains(.fails) },
    Trait("takes-effect", "One that fails but takes effect") { $0.fired.contains(.takesEffect) },
    Trait("garbage", "One that answers garbage") { $0.fired.contains(.garbage) },
  ]

  private static let callTraits = [
    Trait("in-an-init", "in an init") { $0.initialisation != nil },
    Trait("in-an-allocate", "in a request for a buffer") { $0.command?.kind == .allocate },
    Trait("in-a-dma-alloc", "in a request for DMA pages") { $0.command?.kind == .dmaAlloc },
    Trait("in-a-share", "in a share") { $0.command?.kind == .share },
    Trait("in-a-teardown", "in a teardown") { $0.isTeardown },
    Trait("in-a-map", "in a MAP", on: .guarded) { $0.window != nil },
    Trait("in-an-unmap", "as all MMIO is unmapped", on: .guarded) { $0.command == .unmapAllMMIO },
  ]

  private static let familyTraits = Backend.all.filter { $0.sharing == .onDemand }.map { backend in
    Trait("on-\(backend.id)", "on \(backend.id)", backend: backend.id) {
      $0.model.backend.id == backend.id
    }
  }

  private static let teardownTraits = [
    Trait("unshare-all", "A teardown by `unshareAll`") { !$0.isDrop && $0.stateBefore == .open },
    Trait("drop", "A teardown by a drop") { $0.isDrop && $0.stateBefore == .open },
  ]

  private static let lossTraits = [
    Trait("without-losses", "with no granule lost") { !$0.hadQuarantine && !$0.quarantines },
    Trait("after-a-loss", "with a granule lost before") { $0.hadQuarantine },
    Trait("with-a-loss", "in which a granule is lost") { $0.quarantines },
  ]

  private static let arenaTraits = [
    Trait("arena-to-16-mebibytes", "An arena of up to 16 MiB") { $0.arena <= 1 << 24 },
    Trait("arena-above-16-mebibytes", "An arena above 16 MiB") { $0.arena > 1 << 24 },
  ]

  private static let bufferTraits = [
    Trait("buffer-below-a-page", "a buffer below 4 KiB") { $0.size < 1 << 12 },
    Trait("buffer-below-a-mebibyte", "a buffer of 4 KiB to 1 MiB") {
      $0.size >= 1 << 12 && $0.size < 1 << 20
    },
    Trait("buffer-from-a-mebibyte", "a buffer of 1 MiB or more") { $0.size >= 1 << 20 },
  ]
}
