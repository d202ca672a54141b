import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs that write or read a little outside of what their call is about.

extension Saboteur {
  static let frames: [Saboteur] = [
    frame("zeroes a driver's buffer after its own work", [.allocate(.a)]) { call, system in
      system.honest(call) { _ in
        let driver = system.machine.configuration.driverBuffer(of: .b)
        system.machine.memory.zero(.bytes(16, from: driver))
      }
    },
    frame("zeroes the driver's buffer, and refuses", [.share(.a, .both), .free(.a, .double)]) {
      call, system in
      if case .unshare(_, let buffer, _) = call {
        system.machine.memory.zero(system.bytes(of: buffer))
      }
      return system.honest(call)
    },
    frame("copies what is sent to somewhere else, too", [.share(.a, .driverToDevice)]) {
      call, system in
      if case .share(let buffer, _) = call {
        system.machine.memory.copy(
          from: system.bytes(of: buffer).start, to: system.privateGranule.start, size: buffer.size)
      }
      return system.honest(call)
    },
    frame("zeroes a new buffer and what follows", [.allocate(.a), .allocate(.b)]) { call, system in
      system.honest(call) {
        system.kept.append($0)
        if system.kept.count == 2 { system.machine.memory.zero(.bytes(32, from: $0)) }
      }
    },
    frame(
      "zeroes a freed buffer and what follows", shown: [.contract, .pooling],
      [.allocate(.a), .free(.a)]
    ) { call, system in
      if case .deallocateShared(let address, _, _) = call {
        system.machine.memory.zero(.bytes(32, from: address))
      }
      return system.honest(call)
    },
    frame(
      "zeroes the driver's buffer that was only sent",
      beside: ["bounce-copies-follow-the-direction"], [.share(.a, .driverToDevice), .free(.a)]
    ) { call, system in
      if case .unshare(_, let buffer, _) = call {
        system.machine.memory.zero(system.bytes(of: buffer))
      }
      return system.honest(call)
    },
    frame("zeroes what is around the driver's buffer", [.share(.a, .both), .free(.a)]) {
      call, system in
      if case .unshare(_, let buffer, _) = call {
        let start = PhysicalAddress(system.bytes(of: buffer).start.rawValue - 8)
        system.machine.memory.zero(.bytes(32, from: start))
      }
      return system.honest(call)
    },
    frame(
      "zeroes another region than that of a free",
      [.allocate(.a, 4096), .allocate(.b, 4096), .free(.a), .free(.b)]
    ) { call, system in
      if case .deallocateShared(system.kept.last, _, _) = call {
        system.machine.memory.zero(.bytes(16, from: system.kept[0]))
      }
      return system.honest(call) { system.kept.append($0) }
    },
    frame("zeroes the end of a freed buffer's region and what follows", [.allocate(.a), .free(.a)])
    { call, system in
      if case .deallocateShared(let address, _, _) = call {
        system.machine.memory.zero(
          .bytes(32, from: system.granule(of: address).end, plus: .max - 15))
      }
      return system.honest(call)
    },
    frame(
      "zeroes the end of a region that goes back and what follows", [.allocate(.a), .unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        let end = system.granule(of: system.kept[0]).end
        system.machine.memory.zero(.bytes(32, from: end, plus: .max - 15))
      }
      return system.honest(call) { system.kept.append($0) }
    },
    frame("zeroes the end of a new region and what follows", [.allocate(.a)]) { call, system in
      system.honest(call) {
        system.machine.memory.zero(.bytes(32, from: system.granule(of: $0).end, plus: .max - 15))
      }
    },
    frame("zeroes what is free beside a new buffer", [.allocate(.a), .allocate(.b)]) {
      call, system in
      system.honest(call) {
        system.kept.append($0)
        if system.kept.count == 2 { system.machine.memory.zero(.bytes(16, from: $0, plus: 1024)) }
      }
    },
    frame("zeroes what is nobody's when the heap is asked", [.heapAllocate(.a)]) { call, system in
      system.honest(call) { _ in system.machine.memory.zero(system.privateGranule) }
    },
    frame("keeps a record in a driver's buffer", [.allocate(.a)]) { call, system in
      system.honest(call) { _ in
        let driver = system.machine.configuration.driverBuffer(of: .b)
        system.machine.memory.writeWord(1, at: driver)
      }
    },
    frame(
      "keeps a record in a heap that is not its own", shown: [.contract, .foreignHeap],
      [.allocate(.a)]
    ) { call, system in
      system.honest(call) { _ in
        system.machine.memory.writeWord(1, at: system.privateGranule.start)
      }
    },
    frame("reads a bounce buffer and what follows", [.share(.a, .both), .free(.a)]) {
      call, system in
      if case .unshare(let bounce, let buffer, _) = call {
        system.machine.memory.copy(
          from: PhysicalAddress(bounce.rawValue + 8), to: system.bytes(of: buffer).start,
          size: buffer.size)
      }
      return system.honest(call)
    },
  ]

  private static func frame(
    _ deed: String, shown: Capabilities = .contract, beside: [String] = [], _ steps: [Step],
    _ tamper: @escaping @Sendable (GuestCall, Sabotage) -> Outcome
  ) -> Saboteur {
    Saboteur(
      "calls-stay-in-their-frame", deed, shown: shown, beside: beside, steps, tamper: tamper)
  }
}
