import MemorySharing

// The core's vocabulary in words, for evidence and reports. Firmware has no use for them.

extension AddressRange: CustomStringConvertible {
  public var description: String { "\(start)+\(hex(size))" }
}

extension PhysicalAddress: CustomStringConvertible {
  public var description: String { hex(rawValue) }
}

/// A number as hexadecimal text.
public func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

extension Layout: CustomStringConvertible {
  public var description: String { "\(size) bytes aligned to \(alignment)" }
}

extension Outcome: CustomStringConvertible {
  /// The outcome in words, as programs show it after the arrow.
  public var description: String {
    switch self {
    case .skipped: "nothing to do"
    case .done: "done"
    case .address(let physical, nil): "\(physical)"
    case .address(let physical, let virtual?): "\(physical), seen at \(hex(virtual.rawValue))"
    case .unshared(let report):
      "granules: \(report.granulesUnshared) unshared, \(report.granulesQuarantined) quarantined; "
        + "regions: \(report.regionsReturned) returned, \(report.regionsKept) kept"
    case .unmapped(let report):
      "granules: \(report.unmapped) unmapped, \(report.stillMapped) still mapped"
    case .failed(let error): "threw \(error)"
    }
  }
}
