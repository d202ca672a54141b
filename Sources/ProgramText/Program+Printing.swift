import MemorySharing
import SharingModel

extension Program {
  /// The first line of every program text. Behind it comes the machine, then a line for each command,
  /// then `end`, which stands for the drop of the pool and shows that nothing was cut off.
  public static var textHeader: String { "# sharecheck program, version 1" }

  /// The program as text that `Program(text:)` reads back to the same program.
  public var text: String {
    var lines = [Self.textHeader, configuration.text]
    for step in steps { lines.append(step.text) }
    lines.append("end")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The program as text with a note behind its lines; the text still reads as the program.
  ///
  /// - Parameters:
  ///   - notes: for each command, and last for the end; empty where there is none.
  ///   - mark: what stands before a note, and begins a comment.
  public func text(notes: [String], mark: String = "→") -> String {
    let lines = steps.map(\.text) + ["end"]
    let width = min(lines.map(\.count).max() ?? 0, 48)
    var result = [Self.textHeader, configuration.text]
    for (index, line) in lines.enumerated() {
      let note = index < notes.count ? notes[index] : ""
      result.append(note.isEmpty ? line : "\(line.padded(to: width))  \(mark) \(note)")
    }
    return result.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// The text with as many spaces behind it as fill a column.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}

extension Configuration {
  /// The machine as a line of the program text.
  var text: String {
    "machine granule=\(granule) minimum-block=\(minimumBlock) pool-orders=\(poolOrders)"
      + " heap-orders=\(heapOrders) heap=\(heapRule.word) arena=\(hex(arenaStart))+\(hex(arenaSize))"
      + " offset=\(hex(virtualOffset)) static-pages=\(staticPages)"
      + " initialised=\(startsInitialised ? "yes" : "no")"
  }
}

extension Step {
  /// The step as a line of the program text.
  public var text: String {
    switch fault {
    case nil: command.text
    case .heapAllocation: "\(command.text) ! heap-allocation fails"
    case .hypercall(let position, let mode):
      "\(command.text) ! hypercall \(position) \(mode.words)"
    }
  }
}

extension Command {
  var text: String { arguments.isEmpty ? kind.word : "\(kind.word) \(arguments)" }

  private var arguments: String {
    switch self {
    case .allocate(let slot, let size, let alignment): "\(slot.name) \(size) align \(alignment)"
    case .free(let slot, .asAllocated): slot.name
    case .free(let slot, let way): "\(slot.name) \(way.word)"
    case .dmaAlloc(let slot, let pages, let direction): "\(slot.name) \(pages) \(direction.word)"
    case .share(let slot, let size, let direction): "\(slot.name) \(size) \(direction.word)"
    case .heapAllocate(let slot, let size, let alignment, let zeroed):
      "\(slot.name) \(size) align \(alignment)\(zeroed ? " zeroed" : "")"
    case .write(let slot), .pin(let slot): slot.name
    case .initialise(let initialisation): initialisation.word
    case .mapMMIO(let page, let pages): "\(page) pages \(pages)"
    case .standingFault(nil): "none"
    case .standingFault(let mode?): mode.words
    case .unshareAll, .unmapAllMMIO, .scribble, .unpinAll: ""
    }
  }
}
