import Foundation

/// How a worker ended.
struct Ending {
  enum Way {
    case exited(Int32)
    case signalled(Int32)
    /// The supervisor ended it, since it did not go on.
    case hung(seconds: Double)
  }

  var way: Way
  /// The most memory that it had, in bytes.
  var peak: Int
  /// What the runtime said last.
  var complaint: String?
}

/// Another process of this program, which does the dangerous work.
final class ChildProcess {
  /// The most memory that a worker gets, in bytes of address space.
  static let memoryLimit = 1 << 30
  /// Where the child finds its notes and the pipe that ends when its supervisor does.
  static let notesDescriptor: Int32 = 3
  static let lifelineDescriptor: Int32 = 4

  private(set) var pid: pid_t = 0
  private let input: Int32
  private let output: Int32
  private let lifeline: Int32
  private let errors: Int32
  private var buffer: [UInt8] = []
  private var isOver = false

  init(_ arguments: [String], notes: SharedNotes) throws {
    let toChild = try Self.pipe()
    let fromChild = try Self.pipe()
    let life = try Self.pipe()
    errors = try Self.temporaryFile()
    input = toChild.write
    output = fromChild.read
    lifeline = life.write
    defer { for end in [toChild.read, fromChild.write, life.read] { close(end) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let wanted = [
      (toChild.read, 0), (fromChild.write, 1), (errors, 2),
      (notes.descriptor, Self.notesDescriptor), (life.read, Self.lifelineDescriptor),
    ]
    for (mine, its) in wanted { posix_spawn_file_actions_adddup2(&actions, mine, its) }
    pid = try Self.spawn(arguments, &actions)
  }

  deinit {
    end()
    for end in [input, output, lifeline, errors] { close(end) }
  }

  private static func spawn(
    _ arguments: [String], _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var variables = ProcessInfo.processInfo.environment
    // The backtracer takes seconds for what is expected here.
    variables["SWIFT_BACKTRACE"] = "enable=no"
    var argv = (["sharecheck"] + arguments).map { strdup($0) } + [nil]
    var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + environment { free(text) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, "/proc/self/exe", &actions, nil, &argv, &environment) == 0 else {
      throw ToolFailure.ourFault("no worker process can be started")
    }
    return pid
  }

  // MARK: Talking

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { Terminal.write(bytes, to: input) }

  enum Answer {
    case line([UInt8])
    case nothingYet
    case closed
  }

  /// The next line that the child writes, if there is one within this time.
  func line(within milliseconds: Int32) -> Answer {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        return .line(line)
      }
      var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, milliseconds) > 0 else { return .nothingYet }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { return .closed }
      buffer += chunk[..<count]
    }
  }

  /// What became of a worker that has one thing to say.
  enum Fate<Message> {
    case answered(Message)
    case died(Ending)
  }

  /// Waits for the one message of a worker; one whose heart does not beat any more is ended.
  ///
  /// - Parameters:
  ///   - patience: how long the heart may stand still, in seconds.
  ///   - line: how far the worker is, for somebody who looks.
  func fate<Message: Decodable>(
    _ notes: SharedNotes, patience: Double, progress line: () -> String
  ) throws -> Fate<Message> {
    let progress = ProgressLine()
    defer { progress.clear() }
    let clock = ContinuousClock()
    var lastBeat = notes[.heartbeat]
    var lastChange = clock.now
    while true {
      switch self.line(within: 200) {
      case .line(let line):
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(line)) else {
          throw ToolFailure.ourFault("the worker answered what makes no sense")
        }
        return .answered(message)
      case .closed: return .died(wait())
      case .nothingYet: break
      }
      if notes[.heartbeat] != lastBeat {
        lastBeat = notes[.heartbeat]
        lastChange = clock.now
      } else if lastChange.duration(to: clock.now).seconds > patience {
        return .died(wait(hung: patience))
      }
      progress.show(line())
    }
  }

  // MARK: Ending

  /// Ends the child if it still runs.
  func end() {
    guard !isOver else { return }
    kill(pid, SIGKILL)
    _ = wait()
  }

  /// Waits until the child has ended by itself.
  func wait(hung seconds: Double? = nil) -> Ending {
    if seconds != nil { kill(pid, SIGKILL) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
    isOver = true
    let signal = status & 0x7f
    var way: Ending.Way = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    if let seconds { way = .hung(seconds: seconds) }
    return Ending(way: way, peak: usage.ru_maxrss * 1024, complaint: complaint)
  }

  /// The line in which the runtime said why it trapped.
  private var complaint: String? {
    var text = [UInt8](repeating: 0, count: 1 << 14)
    let count = pread(errors, &text, text.count, 0)
    guard count > 0 else { return nil }
    let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
    return (lines.last { $0.contains("Fatal error") } ?? lines.last).map(String.init)
  }

  // MARK: Descriptors

  /// A pipe whose ends lie above the numbers that a child uses.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else { throw ToolFailure.ourFault("no pipe can be made") }
    return (moved(ends[0]), moved(ends[1]))
  }

  private static func temporaryFile() throws -> Int32 {
    var path = Array("\(NSTemporaryDirectory())/sharecheck-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else { throw ToolFailure.ourFault("no temporary file can be made") }
    unlink(path)
    return moved(file)
  }

  static func moved(_ descriptor: Int32) -> Int32 {
    let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    close(descriptor)
    return moved
  }
}
