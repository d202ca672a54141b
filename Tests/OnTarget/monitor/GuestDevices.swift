/// What the guest reaches of the devices: all its windows until it enrols in the MMIO guard, and
/// then the pages that it has declared.
///
/// Devices lie in the first gigabyte, RAM behind it, so there are two tables that differ in the
/// first entry only.
struct GuestDevices {
  private let open: Stage2
  private let guarded: Stage2
  private let windows: [Range<UInt64>]
  private(set) var isEnrolled = false
  /// The declared pages, and no page twice.
  private var declared: [UInt64] = []

  /// Whether enrolling leaves everything in reach.
  private let isToothless: Bool
  /// What the guest's CPU forgets of a page that is withdrawn.
  private let forgetting: Stage2.Forgetting

  init(_ machine: Machine, defect: Defect, _ pool: inout PageAllocator) {
    isToothless = defect == .enrolsInNothing
    forgetting = defect == .staleGuestTranslations ? .never : .afterwards
    switch defect {
    case .showsAllDevices: windows = [0..<machine.guestRAM.lowerBound]
    case .showsOnePage: windows = machine.windows + [0x0906_0000..<0x0906_1000]  // of the SMMU
    default: windows = machine.windows
    }
    let memory = TranslationTable(&pool, attributes: Descriptor.stage2Memory)
    memory.map(machine.guestRAM, &pool)
    let devices = TranslationTable(&pool, attributes: Descriptor.stage2Device)
    for window in windows {
      let end = (window.upperBound + pageBytes - 1) & ~(pageBytes - 1)
      devices.map(window.lowerBound..<end, &pool)
    }
    let declarable = TranslationTable(&pool, attributes: Descriptor.stage2Device)
    // Makes the table of the first gigabyte.
    _ = declarable.slot(0, shift: 21, &pool)
    let ramEntry = machine.guestRAM.lowerBound >> 30 * 8
    for table in [devices, declarable] { w64(table.root + ramEntry, r64(memory.root + ramEntry)) }
    open = Stage2(devices, identifier: 1)
    guarded = Stage2(declarable, identifier: 1)
  }

  var current: Stage2 { isEnrolled && !isToothless ? guarded : open }

  mutating func enrol() {
    isEnrolled = true
    current.use()
  }

  /// As at the start, whatever the guest has declared.
  mutating func lift() {
    for page in declared { guarded.unmap(page) }
    declared.removeAll(keepingCapacity: true)
    isEnrolled = false
    open.use()
  }

  var declaredCount: UInt64 { UInt64(declared.count) }

  func isDeclared(_ page: UInt64) -> Bool { declared.contains(page) }

  /// Pages that are no device of the guest's are declared, too, and lead nowhere.
  mutating func declare(_ page: UInt64, _ pool: inout PageAllocator) {
    declared.append(page)
    for window in windows where window.contains(page) { guarded.table.map(page, &pool) }
  }

  mutating func withdraw(_ page: UInt64) {
    declared.removeAll { $0 == page }
    guarded.unmap(page, forgetting: forgetting)
  }
}
