import ProgramText
import SharingModel
import SimulatedHypervisors

/// Programs that together have every answer that there is.
enum AnswerPrograms {
  /// A program on the backend on which it has them.
  struct Case: Sendable, CustomStringConvertible {
    let backend: String
    let machine: String
    let steps: [String]

    var description: String { "\(backend), \(machine): \(steps.joined(separator: "; "))" }

    func program() throws -> Program {
      let lines = [Program.textHeader.trimmed, "machine \(machine)"] + steps + ["end"]
      return try Program(text: lines.joined(separator: "\n"))
    }
  }

  private static func on(_ backend: String, _ machine: String = "", _ steps: String...) -> Case {
    Case(backend: backend, machine: machine, steps: steps)
  }

  static let all = buffers + states + ranges + devices

  private static let buffers = [
    on(
      "pkvm", "offset=65536", "allocate a 0 align 1", "allocate a 16 align 3",
      "allocate a 1099511627776 align 1", "allocate a 262144 align 1", "allocate a 64 align 16",
      "free a double", "free a inside", "free a", "free a"),
    on(
      "pkvm", "offset=65536", "dma-alloc a 0 to-device", "dma-alloc a 4503599627370497 both",
      "dma-alloc a 1048576 both", "dma-alloc a 64 both", "dma-alloc a 1 both", "free a double",
      "free a", "free a", "dma-alloc b 2 from-device", "unshare-all", "dma-alloc a 1 both"),
    on(
      "pkvm", "offset=65536", "share a 0 both", "share a 17 both at-the-top",
      "share a 1099511627776 both", "share a 200000 both", "share a 100 from-device",
      "free a double", "free a", "free a", "share b 16 to-device", "scribble", "free b",
      "share b 16 both", "unshare-all", "free b"),
    on(
      "geniezone", "heap=first-fit", "heap-allocate a 0 align 1", "heap-allocate a 16 align 24",
      "heap-allocate a 18446744073709551615 align 16", "heap-allocate a 1048576 align 1",
      "heap-allocate a 64 align 16", "heap-allocate b 64 align 64 zeroed", "free a double",
      "free a inside", "free a", "free a"),
    on(
      "kvm", "", "heap-allocate a 4194304 align 1", "heap-allocate a 64 align 16",
      "heap-allocate b 131072 align 1", "free a double", "free a", "allocate a 4096 align 1",
      "allocate b 131072 align 1", "unshare-all", "unshare-all"),
    on("gunyah", "", "allocate a 16384 align 1", "allocate b 32768 align 1", "unshare-all"),
    on(
      "pkvm", "", "allocate a 8192 align 1 ! hypercall 2 fails",
      "allocate a 8192 align 1 ! hypercall 1 fails -1",
      "allocate a 8192 align 1 ! hypercalls-from 2 answers-garbage", "standing-fault none",
      "allocate a 4096 align 1 ! heap-allocation fails", "allocate a 4096 align 1",
      "allocate b 8192 align 1", "pin b", "unshare-all ! heap-free 1 fails", "unshare-all"),
    on(
      "pkvm-newer", "", "allocate a 12288 align 1", "pin a", "share b 5000 to-device",
      "unshare-all", "unshare-all"),
    on(
      "pkvm", "record-bytes=32", "allocate a 4096 align 1", "allocate b 4096 align 1"),
    on("pkvm", "missing-metadata=64 initialised=no", "initialise standard"),
    on("gunyah", "missing-metadata=64 initialised=no", "initialise standard"),
  ]

  private static let states = [
    on(
      "pkvm", "initialised=no", "allocate a 16 align 1", "dma-alloc a 1 both", "share a 16 both",
      "initialise standard ! hypercall 1 fails",
      "initialise standard ! hypercall 1 answers-garbage 3",
      "initialise dynamic", "initialise standard", "unshare-all", "initialise standard"),
    on("kvm", "initialised=no", "initialise heap", "initialise standard"),
    on(
      "gunyah", "initialised=no", "initialise without-range", "initialise empty-range",
      "initialise overflowing-range", "initialise unaligned-address", "initialise unaligned-size",
      "initialise overlapping-range", "initialise outside-range", "initialise range-at-zero",
      "initialise crowded-map", "initialise fixed", "initialise standard"),
    on("gunyah", "initialised=no arena=0x0+0x20000", "initialise range-at-zero"),
    on("pkvm", "disguise=first-word-differs"), on("gunyah", "disguise=none"),
    on("pkvm", "disguise=guard-info-is-zero"), on("pkvm", "disguise=guard-info-fails"),
    on("pkvm", "disguise=guard-granule-is-broken"), on("geniezone", "disguise=guard-info-is-zero"),
    on("gunyah", "disguise=guard-granule-is-broken"),
  ]

  private static let ranges = [
    on(
      "pkvm", "held-back=65536", "heap-add again", "heap-add across", "heap-add beyond",
      "heap-add outside", "heap-add empty", "heap-add overflowing", "heap-add half",
      "heap-add rest", "heap-allocate a 64 align 1")
  ]

  private static let devices = [
    on("kvm", "", "map-mmio 0 pages 1", "unmap-all-mmio"),
    on(
      "pkvm", "", "map-mmio 2 pages 2", "map-mmio 1 pages 4", "map-mmio 3 pages 1",
      "map-mmio 0 pages 1 over-the-arena", "map-mmio 0 pages 1 at-the-top",
      "map-mmio 5 pages 2 ! hypercall 2 fails", "map-mmio 6 pages 1 ! hypercall 1 fails",
      "unmap-all-mmio ! hypercall 1 fails", "unmap-all-mmio"),
    on(
      "pkvm-android13", "", "map-mmio 2 pages 2 ! hypercall 1 answers-garbage 3",
      "map-mmio 2 pages 2", "unmap-all-mmio ! hypercall 2 answers-garbage 3", "unmap-all-mmio"),
    on(
      "geniezone", "mmio-granule=16384 mmio-records=1", "map-mmio 0 pages 1", "map-mmio 4 pages 1",
      "unmap-all-mmio"),
  ]
}

extension String {
  fileprivate var trimmed: String { String(split(separator: "\n").first ?? "") }
}
