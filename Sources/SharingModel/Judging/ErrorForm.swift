import MemorySharing

/// What there is to say of one error of the core: a row of the table of errors.
///
/// Names, descriptions, counts, what a refusal must name, and the way back from words follow from
/// it.
public struct ErrorForm: Sendable {
  /// The first of the error's words.
  public let number: UInt64
  /// The error in words, without its evidence.
  public let name: String
  /// The same with places for the evidence.
  private let template: String
  private let evidence: [ErrorEvidence]
  /// The faults of a request that the error names.
  let faults: [RequestFault]
  private let make: @Sendable (EvidenceWords) -> ShareError

  /// - Parameters:
  ///   - template: the error in words; what is in braces is left out of its name, and `%` is a
  ///     place for a piece of evidence.
  ///   - make: the error of its evidence.
  init(
    _ number: UInt64, _ template: String, _ evidence: ErrorEvidence...,
    names faults: [RequestFault] = [], _ make: @escaping @Sendable (EvidenceWords) -> ShareError
  ) {
    self.number = number
    self.template = template
    self.evidence = evidence
    self.faults = faults
    self.make = make
    var name = template
    if let open = name.firstIndex(of: "{"), let close = name.firstIndex(of: "}") {
      name.removeSubrange(open...close)
    }
    self.name = name
  }

  fileprivate func description(of error: ShareError) -> String {
    let words = EvidenceWords(error)
    var pieces = evidence.makeIterator()
    var place = 0
    var result = ""
    for character in template where character != "{" && character != "}" {
      if character == "%", let piece = pieces.next() {
        result += piece.text(of: words, at: place)
        place += piece.count
      } else {
        result.append(character)
      }
    }
    return result
  }

  fileprivate func mapped(
    _ error: ShareError, size: (UInt64) -> UInt64, address: (UInt64) -> UInt64
  ) -> ShareError {
    var words = EvidenceWords(error)
    var place = 0
    for evidence in evidence {
      switch evidence {
      case .size: words[place] = size(words[place])
      case .address: words[place] = address(words[place])
      case .layout:
        words[place] = size(words[place])
        words[place + 1] = size(words[place + 1])
      case .range:
        words[place] = address(words[place])
        words[place + 1] = size(words[place + 1])
      case .number, .register, .answer: break
      }
      place += evidence.count
    }
    return make(words)
  }

  fileprivate func error(_ words: EvidenceWords) -> ShareError { make(words) }
}

/// A piece of an error's evidence.
enum ErrorEvidence: Sendable {
  /// Bytes of a request.
  case size
  case address
  /// Two words: size and alignment.
  case layout
  /// Two words: start and size.
  case range
  /// Any other number.
  case number
  /// What went to the hypervisor, and its answer.
  case register
  case answer

  /// How many words it takes.
  var count: Int {
    switch self {
    case .layout, .range: 2
    case .size, .address, .number, .register, .answer: 1
    }
  }

  func text(of words: EvidenceWords, at place: Int) -> String {
    switch self {
    case .size, .number: "\(words[place])"
    case .address, .register: hex(words[place])
    case .answer: "\(Int64(bitPattern: words[place]))"
    case .layout: words.layout(at: place).description
    case .range: words.range(at: place).description
    }
  }
}

/// The four words of an error that are its evidence.
struct EvidenceWords {
  private var words: [UInt64]

  fileprivate init(_ words: [UInt64]) { self.words = words }

  fileprivate init(_ error: ShareError) {
    let words = error.words
    self.words = [words.1, words.2, words.3, words.4]
  }

  subscript(place: Int) -> UInt64 {
    get { words[place] }
    set { words[place] = newValue }
  }

  var address: PhysicalAddress { PhysicalAddress(words[0]) }
  var layout: Layout { layout(at: 0) }
  var range: AddressRange { range(at: 0) }

  fileprivate func layout(at place: Int) -> Layout {
    Layout(uncheckedSize: words[place], alignment: words[place + 1])
  }

  fileprivate func range(at place: Int) -> AddressRange {
    AddressRange(uncheckedStart: words[place], size: words[place + 1])
  }
}

// MARK: What follows from the table

extension ShareError {
  /// Which error it is, without its evidence.
  public var number: Int { Int(words.0) }

  public var form: ErrorForm { ErrorForm.all[number - 1] }

  /// What the errors are called, each at the place that is its number; none has the number 0.
  public static var names: [String] { ["none"] + ErrorForm.all.map(\.name) }

  /// The error of five words; nil where they are none's.
  public init?(words: (UInt64, UInt64, UInt64, UInt64, UInt64)) {
    guard let form = ErrorForm.all.first(where: { $0.number == words.0 }) else { return nil }
    self = form.error(EvidenceWords([words.1, words.2, words.3, words.4]))
  }

  /// The error with its sizes and its addresses changed.
  public func mapped(
    size: (UInt64) -> UInt64, address: (UInt64) -> UInt64
  ) -> ShareError {
    form.mapped(self, size: size, address: address)
  }
}

extension ShareError: CustomStringConvertible {
  /// The error in words, with its evidence.
  public var description: String { form.description(of: self) }
}

extension RequestFault {
  /// Whether an error names this fault.
  public func isNamed(by error: ShareError) -> Bool { error.form.faults.contains(self) }
}
