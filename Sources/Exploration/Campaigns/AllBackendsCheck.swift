import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// Plays programs on several backends, one after the other, as far as the first that is violated.
package struct AllBackendsCheck {
  package let lockstep: Lockstep
  package let backends: [Backend]
  package let grammar: Grammar
  /// What is left of a byte string that holds more commands.
  package let mostCommands: Int

  package init(_ rig: Rig = .core, on backends: [Backend] = Backend.all, mostCommands: Int = 64) {
    lockstep = Lockstep(rig)
    grammar = Grammar(limits: rig.limits)
    self.backends = backends
    self.mostCommands = mostCommands
  }

  /// The bytes of a program with as many commands as it may have.
  package var mostBytes: Int { Grammar.configurationWidth + Grammar.commandWidth * mostCommands }

  /// The program that a byte string stands for; what is too long is cut off.
  package func program(bytes: some Collection<UInt8>) -> Program {
    var choices = Choices(bytes: bytes.prefix(mostBytes))
    return grammar.program(from: &choices)
  }

  /// Whether a byte string's machine is small enough to be worth a fuzzer's time.
  package func isAffordable(bytes: some Collection<UInt8>) -> Bool {
    program(bytes: bytes.prefix(Grammar.configurationWidth)).configuration.isAffordable
  }

  /// The first backend on which a program does not hold, and how; nil where all hold.
  package func finding(in program: Program) -> Finding? {
    for backend in backends {
      guard let verdict = lockstep.verdict(of: program, on: backend), !verdict.holds else {
        continue
      }
      return Finding(program, on: backend, verdict)
    }
    return nil
  }
}

extension Configuration {
  /// Whether programs on this machine take milliseconds, as those that are drawn at random do.
  ///
  /// Every granule of a region is a hypercall, and every free block is looked at after every
  /// command. Bytes can ask for 2 GiB with granules of one byte, or cut into blocks of one byte,
  /// and then a single command takes minutes.
  var isAffordable: Bool {
    arenaSize / granule <= 2048
      && arenaSize / minimumBlock <= 16384
      && arenaSize / min(poolTop, heapTop) <= 64
      && staticPages * 4096 / poolTop <= 256
  }
}
