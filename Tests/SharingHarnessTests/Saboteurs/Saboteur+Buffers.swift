import MemorySharing
import SharingModel
import SimulatedHypervisors

// Saboteurs of what buffers are and what they hold.

extension Saboteur {
  static let buffers: [Saboteur] = [
    Saboteur(
      "live-buffers-are-disjoint", "hands out one buffer twice", [.allocate(.a), .allocate(.b)]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append($0) }
      guard outcome.madeAddress != nil else { return outcome }
      return .address(system.kept[0], nil)
    },
    Saboteur(
      "live-buffers-are-disjoint", "hands out the younger of two buffers twice",
      [.allocate(.a), .allocate(.b), .allocate(Slot(2))]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append($0) }
      guard outcome.madeAddress != nil, system.kept.count == 3 else { return outcome }
      return .address(system.kept[1], nil)
    },
    Saboteur(
      "live-buffers-are-disjoint", "hands out a region of the sharer's as a heap buffer",
      [.allocate(.a), .heapAllocate(.b)]
    ) { call, system in
      let outcome = system.honest(call) { system.kept.append($0) }
      guard case .heapAllocate = call else { return outcome }
      return .address(PhysicalAddress(system.kept[0].rawValue + 64), nil)
    },
    Saboteur(
      "buffers-honour-their-layout", "answers 16 bytes behind an aligned block",
      [.allocate(.a, aligned: 64)]
    ) { call, system in
      let outcome = system.honest(call)
      guard let address = outcome.madeAddress else { return outcome }
      return .address(PhysicalAddress(address.rawValue + 16), nil)
    },
    Saboteur(
      "buffers-honour-their-layout", "answers a virtual address that is none of the buffer's",
      [.dmaAlloc(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      guard let address = outcome.madeAddress else { return outcome }
      return .address(address, VirtualAddress(address.rawValue + 4096))
    },
    Saboteur(
      "buffers-honour-their-layout", "does not say where the guest sees its pages", [.dmaAlloc(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      return outcome.madeAddress.map { .address($0, nil) } ?? outcome
    },
    Saboteur(
      "buffers-honour-their-layout", "answers the physical address for the virtual one",
      machine: .offset, [.dmaAlloc(.a)]
    ) { call, system in
      let outcome = system.honest(call)
      guard case .address(let address, _?) = outcome else { return outcome }
      return .address(address, VirtualAddress(address.rawValue))
    },
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back the granule of a new buffer",
      [.allocate(.a)]
    ) { call, system in
      system.honest(call) { system.hypercall(.memUnshare, system.granule(of: $0).start.rawValue) }
    },
    Saboteur(
      "live-buffers-lie-in-shared-granules", "takes back a granule under a live buffer",
      [.allocate(.a), .allocate(.b)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        guard system.kept.count == 2 else { return }
        system.hypercall(.memUnshare, system.granule(of: system.kept[0]).start.rawValue)
      }
    },
    Saboteur(
      "no-secret-leaves", "copies too much into a bounce buffer",
      beside: ["bounce-copies-follow-the-direction"], [.share(.a, .driverToDevice)]
    ) { call, system in
      system.honest(call) { bounce in
        // The bytes before the driver's buffer.
        let driver = system.machine.configuration.driverBuffer(of: .a)
        let secret = PhysicalAddress(driver.rawValue - 16)
        system.machine.memory.copy(from: secret, to: bounce, size: 16)
      }
    },
    Saboteur(
      "no-secret-leaves", "sends what lies where the driver sees its buffer",
      beside: ["bounce-copies-follow-the-direction"], machine: .offset,
      [.share(.a, .driverToDevice)]
    ) { call, system in
      guard case .share(let buffer, let direction) = call else { return system.honest(call) }
      let virtual = system.machine.memory.virtualAddress(
        of: PhysicalAddress(buffer.address.rawValue))
      return system.honest(.share(GuestBuffer(address: virtual, size: buffer.size), direction))
    },
    Saboteur(
      "no-secret-leaves", "shares a freed block of the heap as its user left it",
      beside: ["fresh-memory-is-zero"],
      [.heapAllocate(.a, 4096, zeroed: true), .write(.a), .free(.a), .allocate(.b)]
    ) { call, system in
      guard case .allocateShared = call else {
        return system.honest(call) { system.kept.append($0) }
      }
      let region = system.granule(of: system.kept[0])
      system.machine.events.send(.heapAllocated(region, alignment: region.size))
      system.hypercall(.memShare, region.start.rawValue)
      return .address(region.start, nil)
    },
    Saboteur(
      "no-secret-leaves", "shares a granule of the guest's own",
      beside: ["private-memory-is-never-shared", "fresh-memory-is-zero"], [.allocate(.a)]
    ) { call, system in
      system.honest(call) { _ in
        system.hypercall(.memShare, system.privateGranule.start.rawValue)
      }
    },
    Saboteur(
      "no-secret-leaves", "stores the guest's own bytes where the host reads", [.allocate(.a)]
    ) { call, system in
      system.honest(call) { system.machine.memory.store(.secret, in: .bytes(16, from: $0)) }
    },
    Saboteur(
      "the-host-cannot-steer", "counts in its report what the host wrote",
      [.allocate(.a), .scribble, .unshareAll]
    ) { call, system in
      if case .unshareAll = call {
        var report = UnshareReport()
        report.granulesUnshared = system.machine.memory.readWord(at: system.kept[0])
        _ = system.honest(call)
        return .unshared(report)
      }
      return system.honest(call) { system.kept.append($0) }
    },
    Saboteur(
      "buffer-contents-are-kept", "zeroes a live buffer", [.allocate(.a), .allocate(.b)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        system.machine.memory.zero(
          AddressRange(uncheckedStart: system.kept[0].rawValue, size: 16))
      }
    },
    Saboteur(
      "buffer-contents-are-kept", "stores a word in a live buffer", [.allocate(.a), .allocate(.b)]
    ) { call, system in
      system.honest(call) {
        system.kept.append($0)
        if system.kept.count == 2 { system.machine.memory.writeWord(1, at: system.kept[0]) }
      }
    },
    Saboteur(
      "dma-memory-is-zero", "hands out a used block as it is",
      [.allocate(.a, 4096, aligned: 4096), .write(.a), .free(.a), .dmaAlloc(.a)]
    ) { call, system in
      guard case .dmaAlloc(let pages, _) = call else { return system.honest(call) }
      let outcome = system.honest(.allocateShared(size: pages * 4096, alignment: 4096))
      guard let address = outcome.madeAddress else { return outcome }
      return .address(address, system.machine.memory.virtualAddress(of: address))
    },
    Saboteur(
      "bounce-memory-is-zero", "lends a used block as it is",
      [.allocate(.a, 16), .write(.a), .free(.a), .share(.a, .deviceToDriver)]
    ) { call, system in
      guard case .share(let buffer, _) = call else { return system.honest(call) }
      return system.honest(.allocateShared(size: buffer.size, alignment: 16))
    },
    Saboteur(
      "zeroed-memory-is-zero", "hands out heap memory as it is",
      [.heapAllocate(.a, zeroed: true)]
    ) { call, system in
      guard case .heapAllocate(let size, let alignment, _) = call else {
        return system.honest(call)
      }
      return system.honest(.heapAllocate(size: size, alignment: alignment, zeroed: false))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "sends nothing", [.share(.a, .both)]
    ) { call, system in
      guard case .share(let buffer, _) = call else { return system.honest(call) }
      return system.honest(.share(buffer, .deviceToDriver))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "writes back what was only sent",
      [.share(.a, .driverToDevice), .scribble, .free(.a)]
    ) { call, system in
      guard case .unshare(let bounce, let buffer, _) = call else { return system.honest(call) }
      return system.honest(.unshare(bounce, buffer, .both))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "forgets to copy back",
      [.share(.a, .deviceToDriver), .scribble, .free(.a)]
    ) { call, system in
      guard case .unshare(let bounce, let buffer, _) = call else { return system.honest(call) }
      return system.honest(.unshare(bounce, buffer, .driverToDevice))
    },
    Saboteur(
      "bounce-copies-follow-the-direction", "copies back more than the buffer holds",
      [.share(.a, .both), .scribble, .free(.a)]
    ) { call, system in
      guard case .unshare(let bounce, let buffer, _) = call else { return system.honest(call) }
      system.machine.memory.copy(
        from: bounce, to: system.machine.memory.physicalAddress(of: buffer.address),
        size: buffer.size + 1)
      return system.honest(call)
    },
  ]
}
