import MemorySharing
import SimulatedHypervisors

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
    case .refused(let code): "answered the error \(code), which has no name"
    case .halted(let reason): "halted: \(reason)"
    }
  }
}

/// A hypercall in words: "UNSHARE of 0x80000000".
public func hypercallWords(_ function: UInt32, _ address: UInt64) -> String {
  guard let known = HypercallFunction(rawValue: function) else {
    return "function \(hex(UInt64(function)))"
  }
  switch known {
  case .vendorUID: return "UID"
  case .features: return "FEATURES"
  case .memInfo: return "MEMINFO"
  case .memShare: return "SHARE of \(hex(address))"
  case .memUnshare: return "UNSHARE of \(hex(address))"
  case .mmioGuardInfo: return "MMIO INFO"
  case .mmioGuardEnroll: return "MMIO ENROLL"
  case .mmioGuardMap: return "MMIO MAP of \(hex(address))"
  case .mmioGuardUnmap: return "MMIO UNMAP of \(hex(address))"
  }
}

extension HypercallEvent {
  /// What was asked, in words.
  var words: String {
    let rest = x2 | x3 == 0 ? "" : " with x2 = \(hex(x2)) and x3 = \(hex(x3))"
    return hypercallWords(function, x1) + rest
  }
}
