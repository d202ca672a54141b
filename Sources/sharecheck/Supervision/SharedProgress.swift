import Exploration
import Foundation
import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Some memory that a worker writes and its supervisor reads, also after the worker died: which
/// case it plays, where in it, and how far the work is.
final class SharedProgress: @unchecked Sendable {
  /// The words at its beginning.
  private enum Word: Int {
    /// Goes up with every case; when it does not, a supervisor knows of a hang.
    case heartbeat
    /// The step that runs, plus one, so that 0 is the init before the first.
    case step
    case phase
    // The case.
    case number, backend, failures, mode, place, seed
    /// What makes the program again, as `RecipeKind`; and how many words of choices come after
    /// these.
    case recipe, caseLength
    // How far the work is.
    case programs, commands, tried, states, frontier, length
  }

  /// What the system under test is asked for.
  enum Phase: UInt64 {
    case none, building, calling, observing
    /// It is let go of.
    case ending
  }

  /// What makes the program of the case again.
  private enum RecipeKind: UInt64 {
    case seed, choices
    /// No choices make it, or more than there is room for.
    case unknown
  }

  private static let size = 1 << 16
  /// Where the choices begin.
  private static let caseStart = 64
  private let words: UnsafeMutablePointer<UInt64>
  private let backends = Backend.all.map(\.id)
  /// Of the programs that are noted.
  var grammar: Grammar
  /// Its file, for a child to inherit.
  let descriptor: Int32

  /// Makes it of a file that has no name any more.
  init(_ grammar: Grammar) throws {
    self.grammar = grammar
    descriptor = try ChildProcess.temporaryFile()
    // Where the disk is full, a file that was only made longer kills whoever writes into it.
    guard posix_fallocate(descriptor, 0, off_t(Self.size)) == 0 else {
      throw ToolFailure.internalError(
        "no temporary file of \(Self.size) bytes can be made in \(NSTemporaryDirectory())")
    }
    words = try Self.map(descriptor)
  }

  /// What a supervisor handed down.
  init(inherited descriptor: Int32) throws {
    self.descriptor = descriptor
    grammar = Grammar()
    words = try Self.map(descriptor)
  }

  deinit {
    munmap(words, Self.size)
    close(descriptor)
  }

  private static func map(_ descriptor: Int32) throws -> UnsafeMutablePointer<UInt64> {
    let page = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let page, page != MAP_FAILED else {
      throw ToolFailure.internalError("the memory shared with a worker cannot be mapped")
    }
    return page.bindMemory(to: UInt64.self, capacity: size / 8)
  }

  private subscript(word: Word) -> UInt64 {
    get { words[word.rawValue] }
    set { words[word.rawValue] = newValue }
  }

  var heartbeat: UInt64 { self[.heartbeat] }

  var step: UInt64 {
    get { self[.step] }
    set { self[.step] = newValue }
  }

  var phase: Phase {
    get { Phase(rawValue: self[.phase]) ?? .none }
    set { self[.phase] = newValue.rawValue }
  }

  var progress: ExplorerProgress {
    get {
      var progress = ExplorerProgress()
      progress.programs = self[.programs]
      progress.commands = self[.commands]
      progress.tried = self[.tried]
      progress.states = self[.states]
      progress.frontier = self[.frontier]
      progress.length = self[.length]
      return progress
    }
    set {
      self[.programs] = newValue.programs
      self[.commands] = newValue.commands
      self[.tried] = newValue.tried
      self[.states] = newValue.states
      self[.frontier] = newValue.frontier
      self[.length] = newValue.length
    }
  }
}

// MARK: - The case

extension SharedProgress {
  /// Notes the case that is played next.
  func begin(_ next: Case) {
    if heartbeat == 0 || self[.number] != next.number { note(next) }
    self[.backend] = UInt64(backends.firstIndex(of: next.backend.id) ?? backends.count)
    self[.failures] = UInt64(next.failures)
    self[.mode] = next.disturbance.map { Self.number(of: $0.mode) } ?? .max
    self[.place] = UInt64(next.disturbance?.place ?? 0)
    self[.heartbeat] &+= 1
  }

  private func note(_ next: Case) {
    self[.number] = next.number
    switch next.recipe {
    case .seed(let seed):
      self[.seed] = seed
      self[.recipe] = RecipeKind.seed.rawValue
    case .choices(let choices): note(choices.recorded)
    case .program: note(grammar.testCase(of: next.program))
    }
  }

  private func note(_ testCase: TestCase?) {
    guard let key = testCase?.key, key.count <= Self.size / 8 - Self.caseStart else {
      self[.recipe] = RecipeKind.unknown.rawValue
      return
    }
    for (index, word) in key.enumerated() { words[Self.caseStart + index] = word }
    self[.caseLength] = UInt64(key.count)
    self[.recipe] = RecipeKind.choices.rawValue
  }

  private static func number(of mode: Disturbance.Mode) -> UInt64 {
    UInt64(Disturbance.Mode.allCases.firstIndex(of: mode) ?? 0)
  }

  /// The case that was played when a worker ended; nil where there was none yet, or where it cannot
  /// be made again.
  var lastCase: Case? {
    guard heartbeat > 0, backends.indices.contains(Int(clamping: self[.backend])),
      let backend = Backend.named(backends[Int(self[.backend])]), let recipe = lastRecipe
    else { return nil }
    var choices =
      switch recipe {
      case .seed(let seed):
        Choices(seed: seed, maximumLength: grammar.maximumLength(seed: seed))
      case .choices(let chosen): chosen
      case .program: preconditionFailure("nobody notes the program itself")
      }
    var last = Case(
      grammar.program(from: &choices), on: backend, number: self[.number], recipe: recipe)
    let modes = Disturbance.Mode.allCases
    if modes.indices.contains(Int(clamping: self[.mode])) {
      last.disturbance = Disturbance(modes[Int(self[.mode])], at: Int(self[.place]))
    }
    last.failures = Int(clamping: self[.failures])
    return last
  }

  private var lastRecipe: Case.Recipe? {
    switch RecipeKind(rawValue: self[.recipe]) {
    case .seed: return .seed(self[.seed])
    case .choices:
      let length = Int(clamping: self[.caseLength])
      guard length <= Self.size / 8 - Self.caseStart else { return nil }
      let key = UnsafeBufferPointer(start: words + Self.caseStart, count: length)
      return TestCase(key: key).map { .choices(Choices(replaying: $0)) }
    case .unknown, nil: return nil
    }
  }

  /// The step at which a worker ended, as `Verdict.failingStep` counts.
  var lastStep: Int { Int(clamping: Int64(bitPattern: self[.step])) - 1 }
}
