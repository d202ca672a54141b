import PropertyTesting
import SharingHarness
import SharingModel
import SimulatedHypervisors

/// A program to play next, on a backend, with what goes wrong besides.
package struct Case {
  package var program: Program
  package var backend: Backend
  package var disturbance: Disturbance?
  /// How many programs its explorer has handed out before this one.
  package var number: UInt64
  /// What makes the program again.
  package var recipe: Recipe
  /// In how many ways the program failed on the backends before.
  package var failures = 0

  package enum Recipe {
    /// The grammar, from a seed.
    case seed(UInt64)
    /// The grammar, from what was chosen.
    case choices(Choices)
    /// The program itself.
    case program
  }

  package init(
    _ program: Program, on backend: Backend, disturbed disturbance: Disturbance? = nil,
    number: UInt64 = 0, recipe: Recipe = .program
  ) {
    self.program = program
    self.backend = backend
    self.disturbance = disturbance
    self.number = number
    self.recipe = recipe
  }
}
