import Foundation

/// Another process of this program, which does the dangerous work.
final class ChildProcess {
  /// The most memory that a worker gets, in bytes of address space.
  static let memoryLimit = 1 << 30
  /// Where the child finds what it shares with its supervisor, and the pipe that ends when its
  /// supervisor does.
  static let progressDescriptor: Int32 = 3
  static let lifelineDescriptor: Int32 = 4
  /// Where it answers: standard output is the system's, which may print.
  static let answerDescriptor: Int32 = 5

  private(set) var pid: pid_t = 0
  private let input: Int32
  private let output: Int32
  private let lifeline: Int32
  private let errors: Int32
  private var buffer: [UInt8] = []
  private var isOver = false

  init(sharing progress: SharedProgress) throws {
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
    var wanted = [
      (toChild.read, 0), (errors, 1), (fromChild.write, Self.answerDescriptor),
      (progress.descriptor, Self.progressDescriptor), (life.read, Self.lifelineDescriptor),
    ]
    // A subject's log is for whoever runs this.
    if getenv("SHARECHECK_LOG") == nil { wanted.append((errors, 2)) }
    for (mine, its) in wanted { posix_spawn_file_actions_adddup2(&actions, mine, its) }
    pid = try Self.spawn(&actions)
  }

  deinit {
    end()
    for end in [input, output, lifeline, errors] { close(end) }
  }

  private static func spawn(_ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var variables = ProcessInfo.processInfo.environment
    // The backtracer takes seconds for what is expected here.
    variables["SWIFT_BACKTRACE"] = "enable=no"
    let words: [String] = ["sharecheck", "worker"]
    var argv = words.map { strdup($0) } + [nil]
    var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + environment { free(text) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, "/proc/self/exe", &actions, nil, &argv, &environment) == 0 else {
      throw ToolFailure.internalError("no worker process can be started")
    }
    return pid
  }

  // MARK: Talking

  /// Writes a message as one line of JSON; a child that is dead does not receive it.
  func send(_ message: some Encodable) throws {
    Terminal.write(Array(try JSONEncoder().encode(message)) + [10], to: input)
  }

  enum Answer {
    case line([UInt8])
    case nothingYet
    case closed
  }

  /// The next line that the child writes, if there is one within a slice of waiting.
  func line() -> Answer {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        return .line(line)
      }
      var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, Int32(HangWatch.slice * 1000)) > 0 else { return .nothingYet }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { return .closed }
      buffer += chunk[..<count]
    }
  }

  enum Reply {
    case line([UInt8])
    case closed
    case hung(Hang)
  }

  /// The next line that the child writes, or why there is none.
  ///
  /// - Parameter patience: how much processor time the child may use for it, in seconds.
  func reply(patience: Double) throws -> Reply {
    var watch = try HangWatch(self, patience: patience)
    while true {
      switch line() {
      case .line(let line): return .line(line)
      case .closed: return .closed
      case .nothingYet: if let hang = try watch.hang() { return .hung(hang) }
      }
    }
  }

  /// The processor time that the child has used, all its threads together, in seconds.
  var processorTime: Double {
    get throws {
      var clock = clockid_t()
      var time = timespec()
      guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
        throw ToolFailure.internalError("the processor time of a worker cannot be read")
      }
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }

  // MARK: Ending

  /// Ends the child if it still runs.
  func end() {
    // A process that could not be started has no number, and 0 is all of this group.
    guard pid > 0, !isOver else { return }
    kill(pid, SIGKILL)
    _ = wait()
  }

  /// Waits until the child has ended by itself; one that hangs is killed first.
  func wait(hung hang: Hang? = nil) -> WorkerEnding {
    if hang != nil { kill(pid, SIGKILL) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
    isOver = true
    let signal = status & 0x7f
    var way: WorkerEnding.Way = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    if let hang { way = .hung(hang) }
    return WorkerEnding(way: way, peak: usage.ru_maxrss * 1024, complaint: complaint)
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
    guard Foundation.pipe(&ends) == 0 else {
      throw ToolFailure.internalError("no pipe can be made")
    }
    return (try moved(ends[0]), try moved(ends[1]))
  }

  static func temporaryFile() throws -> Int32 {
    let folder = NSTemporaryDirectory()
    var path = Array("\(folder)/sharecheck-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else {
      throw ToolFailure.internalError("no temporary file can be made in \(folder)")
    }
    unlink(path)
    return try moved(file)
  }

  private static func moved(_ descriptor: Int32) throws -> Int32 {
    let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    let reason = errno
    close(descriptor)
    guard moved >= 0 else {
      throw ToolFailure.internalError(
        "no descriptor can be had: \(String(cString: strerror(reason)))")
    }
    return moved
  }
}
