/// What the monitor knows, which no core may be told.
enum Truth {
  /// Granules that are shared now, whoever shared them.
  static var sharedGranules: UInt64 { hvc(ControlCall.sharedCount, 0, 0, 0).x1 }

  /// The n-th of them, ascending, from 0.
  static func sharedGranule(_ number: UInt64) -> UInt64 {
    hvc(ControlCall.sharedGranule, number, 0, 0).x1
  }

  /// Whether translations of host and device agree with whose each page is.
  static var isConsistent: Bool { hvc(ControlCall.audit, 0, 0, 0).x1 == 0 }

  /// How often the SMMU's queue of events overflowed.
  static var eventOverflows: UInt64 { hvc(ControlCall.audit, 0, 0, 0).x2 }

  static var lastEffect: CallEffect {
    let answer = hvc(ControlCall.lastEffect, 0, 0, 0)
    return CallEffect(kind: answer.x1 & Effect.kinds, address: answer.x2, bytes: answer.x3)
  }

  struct CallEffect: Equatable {
    var kind = Effect.none
    var address: UInt64 = 0
    var bytes: UInt64 = 0
  }

  /// DMA that the SMMU refused since the last look.
  struct RefusedDMA {
    /// Translation faults of the page and the kind of access that were asked about.
    var expected: UInt64 = 0
    var others: UInt64 = 0
  }

  /// Empties the SMMU's queue of events. One refused access makes many: QEMU splits what does not
  /// translate into pieces of 4 bytes.
  static func takeRefusedDMA(at page: UInt64 = 0, isRead: Bool = false) -> RefusedDMA {
    let translationFault: UInt64 = 0x10
    var refused = RefusedDMA()
    while true {
      let event = hvc(ControlCall.nextRefusedDMA, 0, 0, 0)
      guard event.x0 == Answer.success else { return refused }
      if event.x1 == translationFault, event.x2 & ~(pageBytes - 1) == page,
        event.x3 == (isRead ? 1 : 0)
      {
        refused.expected += 1
      } else {
        refused.others += 1
      }
    }
  }

  /// Has the n-th hypercall from now on fail; 0 for none.
  static func failCall(_ position: UInt64, _ kind: UInt64 = FaultKind.fails) {
    _ = hvc(ControlCall.beginCommand, position, kind, Answer.invalidParameter)
  }

  /// Has the host write bytes, if it reaches them all.
  static func hostWrites(_ value: UInt8, at address: UInt64, bytes: UInt64) -> Bool {
    hvc(ControlCall.hostFill, address, bytes, UInt64(value)).x0 == Answer.success
  }
}
