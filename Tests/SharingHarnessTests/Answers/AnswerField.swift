import MemorySharing
import SharingModel

/// A number in an answer.
struct AnswerField: Equatable {
  /// The way to it from the answer's type.
  let path: String
  /// Nil where the answer leaves it out.
  let value: UInt64?

  /// All numbers of a value, as the language itself lists what it holds: a field that is added is
  /// one of them, whether or not anybody thinks of it.
  static func all(of value: Any, _ path: String = "") -> [AnswerField] {
    switch value {
    case let number as UInt64: return [AnswerField(path: path, value: number)]
    case let number as UInt32: return [AnswerField(path: path, value: UInt64(number))]
    case let number as Int64:
      return [AnswerField(path: path, value: UInt64(bitPattern: number))]
    case let flag as Bool: return [AnswerField(path: path, value: flag ? 1 : 0)]
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional where mirror.children.isEmpty: return [AnswerField(path: path, value: nil)]
    case .optional, .enum, .struct, .tuple: break
    default: preconditionFailure("\(path) is of a kind that nobody knows how to change")
    }
    return mirror.children.flatMap { child in
      // What wraps one number, and the places of a tuple without names, say nothing by themselves.
      let name = child.label.flatMap { ["rawValue", "some"].contains($0) ? nil : $0 } ?? ""
      let step = name.hasPrefix(".") ? String(name.dropFirst()) : name
      return all(of: child.value, [path, step].filter { !$0.isEmpty }.joined(separator: "."))
    }
  }
}

extension Outcome {
  var fields: [AnswerField] { AnswerField.all(of: self) }

  /// The same answer with other numbers, in the order of its fields.
  func with(_ words: [UInt64?]) -> Outcome {
    func word(_ place: Int) -> UInt64 { words.indices.contains(place) ? words[place] ?? 0 : 0 }
    switch self {
    case .skipped, .done, .halted: return self
    case .refused: return .refused(UInt32(truncatingIfNeeded: word(0)))
    case .address:
      return .address(PhysicalAddress(word(0)), words[1].map { VirtualAddress($0) })
    case .unshared:
      var report = UnshareReport()
      report.granulesUnshared = word(0)
      report.granulesQuarantined = word(1)
      report.regionsReturned = word(2)
      report.regionsKept = word(3)
      return .unshared(report)
    case .unmapped: return .unmapped(MMIOReport(unmapped: word(0), stillMapped: word(1)))
    case .failed(let error):
      return ShareError(words: (UInt64(error.number), word(0), word(1), word(2), word(3)))
        .map { .failed($0) } ?? self
    }
  }

  /// Answers that differ from this in one field alone.
  func changed(at place: Int, of fields: [AnswerField]) -> [Outcome] {
    let words = fields.map(\.value)
    // What is left out may be told, if it is told rightly: these numbers are nobody's.
    let others: [UInt64?] =
      words[place].map { [$0 &+ 1, $0 &- 1, $0 &+ 4096, 0, .max, $0 ^ 1 << 31, nil] } ?? [1, .max]
    return others.compactMap { other in
      var changed = words
      changed[place] = other
      let answer = with(changed)
      // What is cut to 32 bits may come back as it was; and no number but an optional one can be
      // left out.
      return answer == self || other == nil && answer.fields[place].value != nil ? nil : answer
    }
  }

  /// Which case it is.
  var kind: Kind {
    switch self {
    case .skipped: .skipped
    case .done: .done
    case .address: .address
    case .unshared: .unshared
    case .unmapped: .unmapped
    case .failed: .failed
    case .refused: .refused
    case .halted: .halted
    }
  }

  enum Kind: CaseIterable {
    case skipped, done, address, unshared, unmapped, failed, refused, halted
  }
}
