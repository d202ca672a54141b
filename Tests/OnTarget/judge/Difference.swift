/// Something in which the target differs from the simulation.
struct Difference {
  enum Kind: String {
    /// A hypercall was answered otherwise, or did something else.
    case hypercall = "target-hypercall"
    /// Memory holds something else.
    case memory = "target-memory"
    /// The host could do less.
    case host = "target-host"
    /// What host or device reach is not what the monitor's table says.
    case tables = "target-tables"
    /// The core wants to touch what is no memory.
    case stray = "target-stray"
    /// A call was answered otherwise.
    case outcome = "target-outcome"
    /// The target has ended, or answers nonsense: nothing more can be asked of it.
    case lost = "target-lost"
  }

  let kind: Kind
  let evidence: String
}
