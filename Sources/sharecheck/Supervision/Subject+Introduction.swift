import ForeignSubjects
import Foundation

extension Subject {
  /// A shared library that a user names: a worker loads it and says what it is, since a library can
  /// do anything to the process that it is loaded into.
  static func library(_ name: String) throws -> (Subject, SubjectDescription) {
    let path = URL(fileURLWithPath: name).path
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolFailure.badInput("\(name): there is no such file")
    }
    let child = try ChildProcess(sharing: SharedProgress(Subject.core.grammar))
    try child.send(Job(subject: .core, work: .introduction(path: path)))
    let ending: WorkerEnding
    switch try child.reply(patience: 10) {
    case .line(let line):
      guard case .done(let answer) = try Supervisor.decode(Introduction.self, line) else {
        throw ToolFailure.internalError("a worker answered out of turn")
      }
      if let description = answer.description {
        return (.library(path, description), description)
      }
      throw ToolFailure.badInput("\(name) \(answer.failure ?? "is no subject")")
    case .closed: ending = child.wait()
    case .hung(let hang): ending = child.wait(hung: hang)
    }
    throw ToolFailure.badInput("\(name) cannot be loaded: \(ending.sentence())")
  }
}
