import ArgumentParser
import Exploration
import Foundation

/// The command line's root: what `sharecheck` knows to do.
struct Sharecheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sharecheck",
    abstract: "Checks how a protected VM shares memory with its host.",
    discussion: """
      Exit codes: 0 all holds, 1 something is violated, 64 wrong usage, 65 bad input file, \
      70 a fault of sharecheck itself, 73 a file that cannot be written, \
      74 an output that cannot be written.
      """,
    version: "sharecheck \(Version.text)",
    subcommands: [
      RunCommand.self, ReplayCommand.self, ShrinkCommand.self, ExplainCommand.self,
      SweepCommand.self, ExhaustCommand.self, MuseumCommand.self, ListCommand.self,
      InitSubjectCommand.self,
      WorkerCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    // A child that died, or a reader that left, is an error of a write, not the end of this
    // process.
    signal(SIGPIPE, SIG_IGN)
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  /// Runs one command line and answers its exit code; every failure is one line on standard error.
  private static func run(_ arguments: [String]) -> Int32 {
    do {
      try WrongUsage.check(arguments)
      var command = try Sharecheck.parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let failure as ToolFailure {
      Terminal.complain(failure.line)
      return failure.code
    } catch let slow as CaseTooSlow {
      Terminal.complain(slow.line)
      return 70
    } catch is Violated {
      return 1
    } catch {
      let code = Sharecheck.exitCode(for: error)
      if code.isSuccess {
        return (try? Terminal.print(Sharecheck.fullMessage(for: error))) == nil ? 74 : 0
      }
      Terminal.complain(WrongUsage.line(Sharecheck.message(for: error), after: arguments))
      return code.rawValue
    }
  }
}
