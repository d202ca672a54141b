import Foundation
import SharingHarness
import SharingModel

/// What every worker process does first.
enum Worker {
  /// Limits this process, ties its life to its supervisor's, and hands back the notes.
  static func begin() throws -> SharedNotes {
    limit(RLIMIT_AS, to: UInt(ChildProcess.memoryLimit))
    limit(RLIMIT_CORE, to: 0)
    Thread.detachNewThread {
      // Nobody ever writes into this pipe: a read ends when the supervisor does.
      var byte: UInt8 = 0
      while read(ChildProcess.lifelineDescriptor, &byte, 1) < 0, errno == EINTR {}
      _exit(0)
    }
    return try SharedNotes(inherited: ChildProcess.notesDescriptor)
  }

  private static func limit(_ resource: __rlimit_resource, to value: UInt) {
    var limit = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// Writes a message as one line of JSON.
  static func send(_ message: some Encodable) throws {
    let data = try JSONEncoder().encode(message)
    Terminal.write(Array(data) + [10], to: 1)
  }

  /// Reads the text of a program, through the buffer that `readLine` uses.
  static func readProgram(_ size: Int) throws -> Program {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    while bytes.count < size {
      let byte = getchar()
      guard byte >= 0 else { break }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    guard let program = try? Program(utf8: bytes) else {
      throw ToolFailure.ourFault("a worker was handed what is no program")
    }
    return program
  }
}
