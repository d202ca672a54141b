/// What a driver gets wrong when it ends a buffer.
package enum HALMistake: String, CaseIterable, Sendable {
  case none, nextAddress, largerSize, noSize, farAddress, hugeSize

  func address(_ address: UInt64, by step: UInt64) -> UInt64 {
    switch self {
    case .nextAddress: address &+ step
    case .farAddress: address ^ 1 << 40
    default: address
    }
  }

  func size(_ size: UInt64, by factor: UInt64) -> UInt64 {
    switch self {
    case .largerSize: size &* factor
    case .noSize: 0
    case .hugeSize: 1 << 33 + size
    default: size
    }
  }
}
