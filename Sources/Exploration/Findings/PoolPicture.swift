import MemorySharing
import SharingModel
import SimulatedHypervisors

/// The pool drawn in characters, a line for each region, as the model sees it.
package struct PoolPicture {
  package private(set) var lines: [String] = []

  private static let width: UInt64 = 64
  private static let mostRegions = 12

  private let model: Model
  private var used: Set<Character> = []

  package init(_ model: Model) {
    self.model = model
    let regions = regions
    for region in regions.prefix(Self.mostRegions) { draw(region) }
    if regions.count > Self.mostRegions {
      lines.append("… and \(regions.count - Self.mostRegions) regions more")
    }
    if regions.isEmpty { lines.append("The pool has no memory.") }
    for held in model.live where !held.isHeap && !regions.contains(where: { lies(held, in: $0) }) {
      lines.append("\(held.bytes) outside: \(mark(of: held))")
      used.insert(mark(of: held))
    }
    addLegend()
  }

  private var regions: [AddressRange] {
    let all = model.backing == .fixed ? [model.configuration.staticRange] : model.regions
    return all.sorted { $0.start < $1.start }
  }

  private func lies(_ held: Holding, in region: AddressRange) -> Bool {
    region.overlaps(held.bytes)
  }

  /// The slot that names a live buffer, or that none does.
  private func mark(of held: Holding) -> Character {
    for (index, slot) in model.slots.enumerated() where slot == held {
      return Character(Slot(index).name)
    }
    return "~"
  }

  private mutating func draw(_ region: AddressRange) {
    var cell = model.configuration.minimumBlock
    while region.size / cell > Self.width { cell *= 2 }
    var row = ""
    var address = region.start.rawValue
    while address < region.end.rawValue {
      let size = min(cell, region.end.rawValue - address)
      row.append(mark(at: AddressRange(uncheckedStart: address, size: size)))
      address += size
    }
    used.formUnion(row)
    lines.append("\(region) [\(row)] \(cell) bytes a character")
  }

  /// The mark of some bytes: of all that lies there, the worst.
  private func mark(at cell: AddressRange) -> Character {
    if model.quarantined.overlaps(cell) { return "!" }
    var found: Character?
    for held in model.live where !held.isHeap && held.blockBytes.overlaps(cell) {
      let mark = mark(of: held)
      if mark != "~" { return mark }
      found = mark
    }
    if let found { return found }
    return model.pool.free.overlaps(cell) ? "." : "?"
  }

  private mutating func addLegend() {
    var legend: [String] = []
    if used.contains(where: { $0.isLetter }) { legend.append("a to h: live, named by that slot") }
    if used.contains("~") { legend.append("~ live, unnamed") }
    if used.contains(".") { legend.append(". free") }
    if used.contains("!") { legend.append("! quarantined") }
    if used.contains("?") { legend.append("? neither live nor free") }
    if !legend.isEmpty { lines.append(legend.joined(separator: " · ")) }
  }
}
