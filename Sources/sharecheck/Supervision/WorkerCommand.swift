import ArgumentParser
import Exploration
import ForeignSubjects
import Foundation
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Does a job, in a process of its own. The job comes in as one line.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  func run() throws {
    do {
      let shared = try Self.begin()
      guard let line = readLine(strippingNewline: true) else {
        throw ToolFailure.internalError("a worker was given no job")
      }
      let job = try Self.decode(Job.self, line)
      if case .introduction(let path) = job.work { return try Self.introduce(path) }
      shared.grammar = job.subject.grammar
      let stage = LocalStage(ProgressSystem.lockstep(try job.subject.rig(), shared))
      stage.willPlay = { shared.begin($0) }
      stage.didPlay = { shared.phase = .none }
      stage.didTell = { shared.progress = $0 }
      switch job.work {
      case .campaign(let campaign): try Self.explore(campaign, on: stage)
      case .sweep(let sweep): try Self.explore(sweep, on: stage)
      case .exhaustion(let exhaustion): try Self.explore(exhaustion, on: stage)
      case .shrinking(let shrinking): try Self.explore(shrinking, on: stage)
      case .museum(let museum): try Self.explore(museum, on: stage)
      case .cases: try Self.playCases(on: stage)
      case .introduction: break
      }
    } catch {
      let failure = error as? ToolFailure ?? .internalError("\(error)")
      try Self.send(WorkerMessage<Bool>.failed(failure))
      throw failure
    }
  }

  private static func introduce(_ path: String) throws {
    var answer = Introduction()
    do {
      answer.description = try SubjectLibrary(path: path).description
    } catch {
      answer.failure = error.line
    }
    try send(WorkerMessage.done(answer))
  }

  private static func explore<Work: Explorer>(_ explorer: Work, on stage: LocalStage) throws {
    stage.didFind = { try? send(WorkerMessage<Work.Result>.found($0)) }
    try send(WorkerMessage<Work.Result>.done(try explorer.explore(on: stage)))
  }

  private static func playCases(on stage: LocalStage) throws {
    try send(WorkerMessage<CaseAnswer>.ready)
    while let line = readLine(strippingNewline: true) {
      let message = try decode(CaseMessage.self, line)
      let next = Case(
        message.program, on: message.backend, disturbed: message.disturbance)
      let run = stage.play(next, keeping: message.wantsAccount ? .outcomes : [])
      let answer = CaseAnswer(
        verdict: run?.verdict,
        account: message.wantsAccount ? run.map { Account(of: $0, by: stage.lockstep) } : nil)
      try send(WorkerMessage.done(answer))
    }
  }

  // MARK: In a process of its own

  /// Limits this process, ties its life to its supervisor's, and maps what both share.
  private static func begin() throws -> SharedProgress {
    let shared = try SharedProgress(inherited: ChildProcess.progressDescriptor)
    // AddressSanitizer, preloaded for a subject, reserves more addresses than a limit would leave.
    if dlsym(nil, "__asan_init") == nil { limit(RLIMIT_AS, to: UInt(ChildProcess.memoryLimit)) }
    limit(RLIMIT_CORE, to: 0)
    Thread.detachNewThread {
      // Nobody ever writes into this pipe: a read ends when the supervisor does.
      var byte: UInt8 = 0
      while read(ChildProcess.lifelineDescriptor, &byte, 1) < 0, errno == EINTR {}
      _exit(70)
    }
    return shared
  }

  private static func limit(_ resource: __rlimit_resource, to value: UInt) {
    var limit = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  private static func decode<Message: Decodable>(
    _ type: Message.Type, _ line: String
  ) throws -> Message {
    do {
      return try JSONDecoder().decode(type, from: Data(line.utf8))
    } catch {
      throw ToolFailure.internalError("a worker received what it cannot read: \(error)")
    }
  }

  /// Writes a message as one line of JSON.
  private static func send(_ message: some Encodable) throws {
    let line = Array(try JSONEncoder().encode(message)) + [10]
    Terminal.write(line, to: ChildProcess.answerDescriptor)
  }
}
