import Foundation
import PropertyTesting
import SharingHarness
import SharingModel

/// Some memory that a working process writes and its supervisor reads, also after the worker died.
final class SharedNotes: @unchecked Sendable {
  /// The words at its beginning.
  enum Word: Int {
    /// Goes up with everything that is begun; a supervisor that sees it stand still knows of a hang.
    case heartbeat
    /// The program that runs, and the backend, by their numbers in the campaign.
    case program, backend
    /// In how many ways the program failed on the backends before.
    case failures
    /// The step that runs, plus one, so that 0 is the init before the first.
    case step
    /// What the system under test is doing, as `Phase`.
    case phase
    case commands, distinctStates
    /// How far a proof is: the length of the program that runs, and how many ran before it.
    case length, tried
    /// In how many states of an exhaustion not all has been tried.
    case frontier
    /// What a sweep disturbs: the mode by its number, or one that no mode has; and the place.
    case mode, place
    /// How many words the case takes that stands behind these; 0 where its seed makes the program.
    case caseLength
  }

  /// What the system under test is asked for.
  enum Phase: UInt64 {
    case none, building, calling, observing
  }

  private static let size = 1 << 16
  /// Where the case begins.
  private static let caseStart = 64
  private let words: UnsafeMutablePointer<UInt64>
  /// The file behind it, for a child to inherit.
  let descriptor: Int32

  /// Makes it of a file that has no name any more.
  init() throws {
    var path = Array("\(NSTemporaryDirectory())/sharecheck-XXXXXX".utf8CString)
    descriptor = ChildProcess.moved(mkstemp(&path))
    guard descriptor >= 0, ftruncate(descriptor, off_t(Self.size)) == 0 else {
      throw ToolFailure.ourFault("no temporary file can be made")
    }
    unlink(path)
    words = try Self.map(descriptor)
  }

  /// What a supervisor handed down.
  init(inherited descriptor: Int32) throws {
    self.descriptor = descriptor
    words = try Self.map(descriptor)
  }

  deinit {
    munmap(words, Self.size)
    close(descriptor)
  }

  private static func map(_ descriptor: Int32) throws -> UnsafeMutablePointer<UInt64> {
    let page = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let page, page != MAP_FAILED else {
      throw ToolFailure.ourFault("the notes of a worker cannot be mapped")
    }
    return page.bindMemory(to: UInt64.self, capacity: size / 8)
  }

  subscript(word: Word) -> UInt64 {
    get { words[word.rawValue] }
    set { words[word.rawValue] = newValue }
  }

  var phase: Phase {
    get { Phase(rawValue: self[.phase]) ?? .none }
    set { self[.phase] = newValue.rawValue }
  }

  /// The case that runs, where it was built upon others: nobody could make it again from its seed.
  var testCase: TestCase? {
    get {
      let length = Int(clamping: self[.caseLength])
      guard length > 0, length <= Self.size / 8 - Self.caseStart else { return nil }
      return TestCase(key: UnsafeBufferPointer(start: words + Self.caseStart, count: length))
    }
    set {
      let key = newValue?.key ?? []
      precondition(key.count <= Self.size / 8 - Self.caseStart, "a case has its bounds")
      for (index, word) in key.enumerated() { words[Self.caseStart + index] = word }
      self[.caseLength] = UInt64(key.count)
    }
  }

  /// The program of the case that ran when a worker ended.
  func program(behind ending: Ending) throws -> Program {
    guard let testCase else {
      throw ToolFailure.ourFault(
        "the worker ended before its first program: \(ending.sentence(.none))")
    }
    var choices = Choices(replaying: testCase)
    return Grammar().program(from: &choices)
  }

  func beat() { self[.heartbeat] &+= 1 }
}
