/// The SMMUv3: every PCI function gets one translation, which maps exactly what is shared.
///
/// Source: Arm IHI 0070, chapters 4 to 7. QEMU before 8.1 has stage 1 only, later ones stage 2,
/// too.
struct Smmu {
  /// A transaction that was refused.
  struct RefusedDMA {
    var event: UInt64
    var address: UInt64
    var isRead: Bool
  }

  private let base: UInt64
  private let usesStage2: Bool
  private let table: TranslationTable
  private let commands: UInt64
  private let events: UInt64
  private var commandsWritten: UInt32 = 0
  private var eventsRead: UInt32 = 0
  /// How often the queue of events was full and events were lost.
  private(set) var overflows: UInt64 = 0
  /// False leaves what the SMMU remembers of an unmapped page.
  private let forgets: Bool

  private enum Register {
    static var idr0: UInt64 { 0x0 }
    static var cr0: UInt64 { 0x20 }
    static var cr0ack: UInt64 { 0x24 }
    static var cr1: UInt64 { 0x28 }
    static var cr2: UInt64 { 0x2C }
    static var gerror: UInt64 { 0x60 }
    static var gerrorn: UInt64 { 0x64 }
    static var strtabBase: UInt64 { 0x80 }
    static var strtabConfig: UInt64 { 0x88 }
    static var cmdqBase: UInt64 { 0x90 }
    static var cmdqProd: UInt64 { 0x98 }
    static var cmdqCons: UInt64 { 0x9C }
    static var eventqBase: UInt64 { 0xA0 }
    static var eventqProd: UInt64 { 0x1_00A8 }
    static var eventqCons: UInt64 { 0x1_00AC }
  }

  private enum Command {
    static var forgetConfiguration: UInt64 { 0x04 }
    static var forgetStage1Page: UInt64 { 0x12 }
    static var forgetStage2Page: UInt64 { 0x2A }
    static var forgetAll: UInt64 { 0x30 }
    static var sync: UInt64 { 0x46 }
  }

  private static var queueShift: UInt64 { 8 }
  /// PCI bus 0.
  private static var streamShift: UInt64 { 8 }
  /// The ASID or VMID of all streams.
  private static var identifier: UInt64 { 1 }
  private static var indexMask: UInt32 { 1 << UInt32(queueShift) - 1 }
  /// The index and the bit that tells laps apart.
  private static var wrapMask: UInt32 { 2 << UInt32(queueShift) - 1 }
  private static var overflowFlag: UInt32 { 1 << 31 }

  /// Sets it up over the table area's pages; `isOn` false lets all DMA through.
  init(at base: UInt64, _ pool: inout PageAllocator, isOn: Bool, forgets: Bool) {
    self.base = base
    self.forgets = forgets
    usesStage2 = r32(base + Register.idr0) & 1 == 1
    table = TranslationTable(
      &pool, attributes: usesStage2 ? Descriptor.stage2Memory : Descriptor.stage1Memory)
    commands = pool.take()
    events = pool.take(pages: 2, alignment: 2 * pageBytes)
    let streams: UInt64 = 1 << Self.streamShift
    let streamTable = pool.take(pages: streams * 64 / pageBytes, alignment: streams * 64)
    let context = pool.take()

    // The context descriptor of stage 1: 39 bits, 4K, write-back; no TTB1; faults are recorded.
    w64(
      context,
      25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 30 | 1 << 31 | 2 << 32 | 1 << 35 | 1 << 41 | 1 << 45
        | 1 << 46 | Self.identifier << 48)
    w64(context + 8, table.root)
    w64(context + 24, 0xFF)
    for stream in 0..<streams {
      let entry = streamTable + stream * 64
      if usesStage2 {
        w64(entry + 8, 1 << 44)
        w64(
          entry + 16,
          Self.identifier | 25 << 32 | 1 << 38 | 1 << 40 | 1 << 42 | 3 << 44 | 2 << 48 | 1 << 51
            | 1 << 53 | 1 << 58)
        w64(entry + 24, table.root)
        w64(entry, 1 | 0b110 << 1)
      } else {
        w64(entry + 8, 1 << 2 | 1 << 4 | 3 << 6 | 1 << 44)
        w64(entry, 1 | 0b101 << 1 | context)
      }
    }
    data_barrier()
    let allocationHint: UInt64 = 1 << 62
    w32(base + Register.cr0, 0)
    w32(base + Register.cr1, 0xD75)  // tables and queues: write-back, inner shareable
    w32(base + Register.cr2, 0)
    w64(base + Register.strtabBase, streamTable | allocationHint)
    w32(base + Register.strtabConfig, UInt32(Self.streamShift))
    w64(base + Register.cmdqBase, commands | allocationHint | Self.queueShift)
    w32(base + Register.cmdqProd, 0)
    w32(base + Register.cmdqCons, 0)
    w64(base + Register.eventqBase, events | allocationHint | Self.queueShift)
    w32(base + Register.eventqProd, 0)
    w32(base + Register.eventqCons, 0)
    let takesCommands: UInt32 = 1 << 3
    let recordsEvents: UInt32 = 1 << 2
    control(takesCommands)
    issue(Command.forgetConfiguration, 31)
    issue(Command.forgetAll, 0)
    issue(Command.sync, 0)
    control(takesCommands | recordsEvents | (isOn ? 1 : 0))
  }

  private func control(_ value: UInt32) {
    w32(base + Register.cr0, value)
    while r32(base + Register.cr0ack) != value {}
  }

  private mutating func issue(_ word0: UInt64, _ word1: UInt64) {
    let slot = commands + UInt64(commandsWritten & Self.indexMask) * 16
    w64(slot, word0)
    w64(slot + 8, word1)
    data_barrier()
    commandsWritten = (commandsWritten + 1) & Self.wrapMask
    w32(base + Register.cmdqProd, commandsWritten)
    while r32(base + Register.cmdqCons) & Self.wrapMask != commandsWritten {
      if (r32(base + Register.gerror) ^ r32(base + Register.gerrorn)) & 1 != 0 {
        die("monitor: the SMMU refuses a command\n")
      }
    }
  }

  /// What was invalid is not remembered: nothing is to be forgotten.
  func map(_ page: UInt64, _ pool: inout PageAllocator) { table.map(page, &pool) }

  func map(_ range: Range<UInt64>, _ pool: inout PageAllocator) { table.map(range, &pool) }

  mutating func unmap(_ page: UInt64) {
    table.unmap(page)
    guard forgets else { return }
    if usesStage2 {
      issue(Command.forgetStage2Page | Self.identifier << 32, page | 1)
    } else {
      issue(Command.forgetStage1Page | Self.identifier << 48, page | 1)
    }
    issue(Command.sync, 0)
  }

  func maps(_ page: UInt64) -> Bool { table.maps(page) }

  /// The oldest refused transaction that nobody has taken yet. An overflow is acknowledged and
  /// counted; what was lost in it is lost.
  mutating func nextRefusedDMA() -> RefusedDMA? {
    acknowledgeLostEvents()
    let written = r32(base + Register.eventqProd)
    if written & Self.wrapMask == eventsRead & Self.wrapMask { return nil }
    let slot = events + UInt64(eventsRead & Self.indexMask) * 32
    let refused = RefusedDMA(
      event: r64(slot) & 0xFF, address: r64(slot + 16), isRead: r64(slot + 8) >> 35 & 1 == 1)
    if (written ^ eventsRead) & Self.overflowFlag != 0 { overflows += 1 }
    eventsRead = (eventsRead + 1) & Self.wrapMask | written & Self.overflowFlag
    w32(base + Register.eventqCons, eventsRead)
    return refused
  }

  /// QEMU does not set the queue's overflow flag: it says of a full queue that the write was
  /// aborted (GERROR.EVENTQ_ABT_ERR, which stands until it is acknowledged).
  private mutating func acknowledgeLostEvents() {
    let eventWriteAborted: UInt32 = 1 << 2
    let acknowledged = r32(base + Register.gerrorn)
    guard (r32(base + Register.gerror) ^ acknowledged) & eventWriteAborted != 0 else { return }
    overflows += 1
    w32(base + Register.gerrorn, acknowledged ^ eventWriteAborted)
  }
}
