import MemorySharing
import SharingModel
import SimulatedHypervisors

// What programs consist of, as Swift source.

extension Configuration {
  /// The assignments that make this of the usual configuration.
  var swiftFields: [String] {
    let usual = Configuration()
    let numbers: [(name: String, value: UInt64, usual: UInt64)] = [
      ("granule", granule, usual.granule), ("minimumBlock", minimumBlock, usual.minimumBlock),
      ("poolOrders", poolOrders, usual.poolOrders), ("heapOrders", heapOrders, usual.heapOrders),
      ("arenaStart", arenaStart, usual.arenaStart), ("arenaSize", arenaSize, usual.arenaSize),
      ("virtualOffset", virtualOffset, usual.virtualOffset),
      ("staticPages", staticPages, usual.staticPages),
    ]
    return numbers.filter { $0.value != $0.usual }.map { "\($0.name) = \($0.value.literal)" }
      + (startsInitialised ? [] : ["startsInitialised = false"])
      + (heapRule == usual.heapRule ? [] : ["heapRule = .\(heapRule)"])
  }
}

extension Step {
  /// The step as an element of an array, in lines as a formatter breaks them.
  func swiftLines(indent: Int) -> [String] {
    func line(_ text: String, _ depth: Int = 0) -> String {
      String(repeating: " ", count: indent + 2 * depth) + text
    }
    let command = command.swift
    let end = fault == nil ? ")," : ","
    let last = fault.map { [line("fault: \($0.swift)),", 1)] } ?? []
    let argument = fault.map { ", fault: \($0.swift)" } ?? ""
    let open = command.prefix { $0 != "(" } + "("
    let tries = [
      [line("Step(\(command)\(argument)),")],
      [line("Step("), line("\(command)\(argument)),", 1)],
      [line("Step("), line("\(command)\(end)", 1)] + last,
      [line("Step("), line("\(open)", 1), line("\(command.dropFirst(open.count))\(end)", 2)] + last,
    ]
    return TestSource.narrowest(of: tries)
  }
}

extension Command {
  /// The command as an implicit member.
  fileprivate var swift: String {
    let name = ".\(kind)"
    return swiftArguments.isEmpty ? name : "\(name)(\(swiftArguments))"
  }

  private var swiftArguments: String {
    switch self {
    case .allocate(let slot, let size, let alignment):
      "\(slot.swift), \(request(size, alignment))"
    case .free(let slot, let way): "\(slot.swift), .\(way)"
    case .dmaAlloc(let slot, let pages, let direction):
      "\(slot.swift), pages: \(pages.literal), .\(direction)"
    case .share(let slot, let size, let direction):
      "\(slot.swift), size: \(size.literal), .\(direction)"
    case .heapAllocate(let slot, let size, let alignment, let zeroed):
      "\(slot.swift), \(request(size, alignment)), zeroed: \(zeroed)"
    case .write(let slot), .pin(let slot): slot.swift
    case .initialise(let initialisation): ".\(initialisation)"
    case .mapMMIO(let page, let pages): "page: \(page), pages: \(pages)"
    case .standingFault(nil): "nil"
    case .standingFault(let mode?): mode.swift
    case .unshareAll, .unmapAllMMIO, .scribble, .unpinAll: ""
    }
  }

  private func request(_ size: UInt64, _ alignment: UInt64) -> String {
    "size: \(size.literal), alignment: \(alignment.literal)"
  }
}

extension CommandFault {
  /// The fault as an implicit member.
  fileprivate var swift: String {
    switch self {
    case .heapAllocation: ".heapAllocation"
    case .hypercall(let position, let mode): ".hypercall(position: \(position), \(mode.swift))"
    }
  }
}

extension FaultMode {
  fileprivate var swift: String {
    switch self {
    case .fails(answer: -3): ".fails"
    case .fails(let answer): ".fails(answer: \(answer))"
    case .failsButTakesEffect: ".failsButTakesEffect"
    case .answersGarbage(let answer): ".answersGarbage(\(answer.literal))"
    }
  }
}

extension Slot {
  fileprivate var swift: String { "Slot(\(index))" }
}

extension UInt64 {
  /// The number as people write it: what is large in hexadecimal digits.
  fileprivate var literal: String { self < 1 << 20 ? "\(self)" : hex(self) }
}
