import MemorySharing

extension BufferDirection {
  public var word: UInt64 {
    switch self {
    case .driverToDevice: 0
    case .deviceToDriver: 1
    case .both: 2
    }
  }

  public init(word: UInt64) {
    switch word {
    case 0: self = .driverToDevice
    case 1: self = .deviceToDriver
    default: self = .both
    }
  }
}
