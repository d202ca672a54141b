import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of where buffers lie and what they hold, each of which one branch alone sees: of a
// buffer of many, of some bytes of it, of one kind of content, on one backing.

extension Saboteur {
  static let places = disjoint + layouts + shared + contents + zeros + copies

  private static let disjoint: [Saboteur] = [
    Saboteur(
      "live-buffers-are-disjoint", "hands out the older of two buffers twice",
      [.allocate(.a), .allocate(.b), .allocate(.c)]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append($0) }
      guard outcome.madeAddress != nil, system.kept.count == 3 else { return outcome }
      return .address(system.kept[0], nil)
    }
  ]

  private static let layouts: [Saboteur] = [
    answer(
      "hands out address 0", machine: .with { $0.arenaStart = 0 }, [.heapAllocate(.a)]
    ) { _, _ in PhysicalAddress(0) },
    answer(
      "hands out what leaves 64 bits", machine: .with { $0.arenaStart = .max - 0x20000 },
      [.heapAllocate(.a)]
    ) { _, _ in PhysicalAddress(.max - 8) },
    answer("hands out memory of nobody's", on: .kvm, [.allocate(.a)]) { _, system in
      system.privateGranule.start
    },
    answer("hands out the end of a region and what follows", on: .kvm, [.allocate(.a)]) {
      address, _ in PhysicalAddress(address.rawValue + 8)
    },
    answer("hands out what the heap does not have", [.heapAllocate(.a)]) { _, system in
      system.machine.configuration.arena.end
    },
    answer(
      "hands out what is not in the static range", on: .gunyah,
      beside: ["live-buffers-lie-in-shared-granules"], [.allocate(.a)]
    ) { _, system in system.privateGranule.start },
  ]

  /// A saboteur that answers other addresses than the core.
  private static func answer(
    _ deed: String, on backend: Backend = .pkvm, beside: [String] = [],
    machine: Configuration = Configuration(), _ steps: [Step],
    _ change: @escaping @Sendable (PhysicalAddress, Sabotage) -> PhysicalAddress
  ) -> Saboteur {
    Saboteur(
      "buffers-honour-their-layout", deed, on: backend, beside: beside, machine: machine, steps
    ) { call, system in
      let outcome = system.honest(call)
      guard let address = outcome.madeAddress else { return outcome }
      return .address(change(address, system), nil)
    }
  }

  private static let shared: [Saboteur] = [
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back another buffer's granule",
      [.allocate(.a, 4096), .allocate(.b, 4096)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        if system.kept.count == 2 { system.hypercall(.memUnshare, system.kept[0].rawValue) }
      }
    },
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back the second granule of another buffer",
      [.allocate(.a, 8192), .allocate(.b, 4096)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        guard system.kept.count == 2 else { return }
        system.hypercall(.memUnshare, system.kept[0].rawValue + 4096)
      }
    },
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back another granule than that of a free",
      [.allocate(.a, 4096), .allocate(.b, 4096), .free(.b)]
    ) { call, system in
      if case .deallocateShared = call { system.hypercall(.memUnshare, system.kept[0].rawValue) }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back the second granule of a new buffer",
      [.allocate(.a, 8192)]
    ) { call, system in
      system.honest(call) { system.hypercall(.memUnshare, $0.rawValue + 4096) }
    },
  ]

  private static let contents: [Saboteur] = [
    secret("writes a secret into a buffer", [.allocate(.a)]),
    secret("writes a secret into a buffer of a static pool", on: .gunyah, [.allocate(.a)]),
    secret(
      "writes a secret into the second of two regions that lie apart", machine: .firstFit,
      [.allocate(.a, 4096), .allocate(.b, 4096)], buffer: 2),
    Saboteur(
      "buffer-contents-are-kept", "copies into a live buffer",
      beside: ["bounce-copies-follow-the-direction"], [.allocate(.a), .allocate(.b)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        guard system.kept.count == 2 else { return }
        system.machine.memory.copy(from: $0, to: system.kept[0], size: 8)
      }
    },
    Saboteur(
      "buffer-contents-are-kept", "zeroes some bytes of a live buffer",
      [.allocate(.a, 64), .allocate(.b)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        guard system.kept.count == 2 else { return }
        system.machine.memory.zero(.bytes(8, from: system.kept[0], plus: 56))
      }
    },
    Saboteur(
      "buffer-contents-are-kept", "zeroes the younger of two live buffers",
      [.allocate(.a), .allocate(.b), .allocate(.c)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        guard system.kept.count == 3 else { return }
        system.machine.memory.zero(.bytes(16, from: system.kept[1]))
      }
    },
    Saboteur(
      "buffer-contents-are-kept", "zeroes another buffer than the one that it frees",
      [.allocate(.a), .allocate(.b), .free(.b), .free(.a)]
    ) { call, system in
      if case .deallocateShared = call {
        system.machine.memory.zero(.bytes(16, from: system.kept[0]))
      }
      return system.honest(call) { system.kept.append($0) }
    },
  ]

  /// A saboteur that writes the guest's own bytes into the n-th buffer that it makes.
  private static func secret(
    _ deed: String, on backend: Backend = .pkvm, machine: Configuration = Configuration(),
    _ steps: [Step], buffer number: Int = 1
  ) -> Saboteur {
    Saboteur("no-secret-leaves", deed, on: backend, machine: machine, steps) { call, system in
      system.honest(call) {
        system.kept.append($0)
        if system.kept.count == number { system.machine.memory.fill(.bytes(16, from: $0), .secret) }
      }
    }
  }

  private static let zeros: [Saboteur] = [
    Saboteur(
      "dma-memory-is-zero", "hands out a used block as the host left it",
      beside: ["buffers-honour-their-layout"],
      [.allocate(.a, 4096, aligned: 4096), .scribble, .free(.a), .dmaAlloc(.a)]
    ) { call, system in
      guard case .dmaAlloc(let pages, _) = call else { return system.honest(call) }
      return system.honest(.allocateShared(size: pages * 4096, alignment: 4096))
    },
    ends("dma-memory-is-zero", [.dmaAlloc(.a)], at: 4095, .payload(1)),
    Saboteur(
      "bounce-memory-is-zero", "lends a used block as the host left it",
      [.allocate(.a, 16), .scribble, .free(.a), .share(.a, .deviceToDriver)]
    ) { call, system in
      guard case .share(let buffer, _) = call else { return system.honest(call) }
      return system.honest(.allocateShared(size: buffer.size, alignment: 16))
    },
    ends("bounce-memory-is-zero", [.share(.a, .deviceToDriver)], at: 15, .payload(1)),
    ends("zeroed-memory-is-zero", [.heapAllocate(.a, zeroed: true)], at: 0, .payload(1)),
    ends("zeroed-memory-is-zero", [.heapAllocate(.a, zeroed: true)], at: 15, .secret),
  ]

  /// A saboteur that leaves a byte of a new buffer as it was.
  private static func ends(
    _ id: String, _ steps: [Step], at offset: UInt64, _ origin: ByteOrigin
  ) -> Saboteur {
    Saboteur(id, "leaves byte \(offset) of a buffer as it was", steps) { call, system in
      system.honest(call) {
        system.machine.memory.fill(.bytes(1, from: $0, plus: offset), origin)
      }
    }
  }

  private static let copies: [Saboteur] = [
    Saboteur(
      "no-secret-leaves", "sends what follows the driver's buffer, too",
      beside: ["bounce-copies-follow-the-direction"], [.share(.a, .driverToDevice, size: 12)]
    ) { call, system in
      guard case .share(let buffer, _) = call else { return system.honest(call) }
      return system.honest(call) {
        system.machine.memory.copy(from: system.bytes(of: buffer).start, to: $0, size: 16)
      }
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "sends nothing of what is only sent",
      [.share(.a, .driverToDevice)]
    ) { call, system in
      guard case .share(let buffer, _) = call else { return system.honest(call) }
      return system.honest(.share(buffer, .deviceToDriver))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "writes back what was sent and is the same",
      [.share(.a, .driverToDevice), .free(.a)]
    ) { call, system in
      guard case .unshare(let bounce, let buffer, _) = call else { return system.honest(call) }
      return system.honest(.unshare(bounce, buffer, .both))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "copies where there is no driver's buffer",
      [.allocate(.a)]
    ) { call, system in
      system.honest(call) {
        system.machine.memory.copy(from: $0, to: PhysicalAddress($0.rawValue + 8), size: 8)
      }
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "changes what was only sent",
      [.share(.a, .driverToDevice), .free(.a)]
    ) { call, system in
      if case .unshare(_, let buffer, _) = call {
        system.machine.memory.fill(system.bytes(of: buffer), .zero)
      }
      return system.honest(call)
    },
  ]
}
