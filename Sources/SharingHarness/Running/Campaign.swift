import PropertyTesting
import SharingModel
import SimulatedHypervisors

/// Many programs, one for each seed from a first one on, each on every chosen backend.
///
/// The seed of a program is the first seed plus its number, so that a finding is reproduced by a
/// campaign of one program.
public struct Campaign: Sendable {
  public let grammar: Grammar
  public let backends: [Backend]
  public let seed: UInt64

  public init(grammar: Grammar = Grammar(), backends: [Backend], seed: UInt64) {
    self.grammar = grammar
    self.backends = backends
    self.seed = seed
  }

  /// A program that does not hold, by its seed, and where.
  public struct Finding: Equatable, Sendable {
    public let seed: UInt64
    public let backend: Backend
    public let fingerprint: Fingerprint
  }

  /// The seed of a program by its number, the first being 0.
  public func seed(ofProgram number: UInt64) -> UInt64 { seed &+ number }

  /// Runs programs up to the first that does not hold.
  ///
  /// - Parameters:
  ///   - willRun: hears what runs next, by the numbers of program and backend.
  ///   - isDone: asked before each program, by its number; true ends the campaign.
  /// - Returns: what was found, and how many programs were begun.
  public func run(
    with lockstep: Lockstep, willRun: (UInt64, Int) -> Void = { _, _ in },
    isDone: (UInt64) -> Bool
  ) -> (finding: Finding?, programs: UInt64) {
    var number: UInt64 = 0
    while !isDone(number) {
      let program = grammar.program(seed: seed(ofProgram: number))
      for (index, backend) in backends.enumerated() {
        willRun(number, index)
        guard let fingerprint = lockstep.run(program, on: backend)?.fingerprint else { continue }
        let finding = Finding(
          seed: seed(ofProgram: number), backend: backend, fingerprint: fingerprint)
        return (finding, number + 1)
      }
      number += 1
    }
    return (nil, number)
  }

  /// Runs a number of programs.
  public func run(
    programs: UInt64, with lockstep: Lockstep
  ) -> (finding: Finding?, programs: UInt64) {
    run(with: lockstep) { $0 >= programs }
  }
}
