import SharingModel
import SimulatedHypervisors

extension Program {
  /// The first line of every program text. After it comes the machine, then a line for each
  /// command, then `end`, which stands for the drop of the pool and shows that nothing was cut off.
  public static var textHeader: String { "# sharecheck program, version 1" }

  /// The program as text that `Program(text:)` reads back to the same program.
  public var text: String {
    var lines = [Self.textHeader, configuration.text]
    for step in steps { lines.append(step.text) }
    lines.append("end")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The program as text with a note after its lines; the text still reads as the program.
  ///
  /// - Parameters:
  ///   - notes: for each command, and last for the end; empty where there is none.
  ///   - mark: what begins a comment, before a note.
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

extension Step {
  /// The step as a line of the program text.
  public var text: String {
    ([command.text] + faults.map(\.text)).joined(separator: " ! ")
  }
}

extension CommandFault {
  /// The fault as the text of a step has it, after its `!`.
  var text: String {
    switch self {
    case .hypercall(let position, let mode): "hypercall \(position) \(mode.words)"
    case .hypercalls(let position, let mode): "hypercalls-from \(position) \(mode.words)"
    case .heapAllocation: "heap-allocation fails"
    case .heapFree(let position): "heap-free \(position) fails"
    case .host(let deed, let position): "\(deed.word) \(position)"
    case .guest(let deed, let position): "\(deed.word) \(position)"
    }
  }
}

extension HostDeed {
  /// What the host does just before the hypercall whose number follows.
  var word: String {
    switch self {
    case .writes: "host-writes-before"
    case .pins: "host-pins-before"
    case .unpins: "host-unpins-before"
    }
  }
}

extension GuestDeed {
  /// What the guest calls just before the call at a port whose number follows.
  var word: String {
    switch self {
    case .allocates: "guest-allocates-before"
    case .frees: "guest-frees-before"
    case .shares: "guest-shares-before"
    case .unsharesAll: "guest-unshares-all-before"
    }
  }
}

extension Command {
  var text: String {
    let form = kind.form
    let values = arguments
    return ([form.word] + form.arguments.compactMap { $0.written(values) })
      .joined(separator: " ")
  }
}

extension CommandArgument {
  /// The argument as the text of a command has it; nil where it leaves it out.
  fileprivate func written(_ values: ArgumentValues) -> String? {
    let number = number(values) ?? 0
    switch text {
    case .slot: return values.slot.name
    case .number(let word, _): return word.map { "\($0) \(number)" } ?? "\(number)"
    case .word(let words, let isOptional):
      return isOptional && number == 0 ? nil : words[Int(number)]
    case .flag(let word): return number == 1 ? word : nil
    case .faultMode(let none): return values.mode?.words ?? none
    }
  }
}
