import MemorySharing
import PropertyTesting

/// What a run of the HAL starts from.
package struct HALSettings: Sendable, CustomStringConvertible {
  var isFixed: Bool
  var granule: UInt64
  var offset: UInt64

  package var description: String {
    "\(isFixed ? "shared before boot" : "granule \(granule)"), offset \(offset)"
  }

  static var generator: Generator<HALSettings> {
    zip(
      Generator<Bool>.element(of: [false, false, true]),
      Generator<UInt64>.element(of: [4096, 64, 16384]),
      Generator<UInt64>.element(of: [0, 0x3_0000, 0xffff_ffff_0000_0000])
    ).map(HALSettings.init)
  }
}

package typealias HALHypervisor = DetectedHypervisor<DeviceConduit>
/// How the pool whose HAL is checked is made.
package typealias HALFactory<Pool: ~Copyable> =
  @Sendable (HALHypervisor, TestHeap<ByteMemory>) -> Pool
