import Glibc
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import SubjectInterface

/// Real bytes behind a machine's memory, for a subject that reads and writes with pointers.
///
/// What the checks know are origins, and of each origin it is known what its bytes are. A page gets
/// its bytes when the subject first touches it. After every call of the subject's, and before each
/// that it makes at a port, `look` finds what differs from what the origins say, and tells it as
/// events, as a subject on ports would have sent. The machine and its twin have their memory at the
/// same addresses, one at a time.
final class MappedMemory {
  let machine: Machine
  private let side: UInt32
  private let windows: [sharecheck_range]
  /// What was written since the last look.
  var writes: [MappedWrite] = []
  /// Whether the copy that the call is to make was seen.
  private var hasSeenCopy = false
  /// Whether origins change since bytes did, and not the other way round.
  private var isLooking = false
  private let scratch = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * wordsOfPage)

  static var page: UInt64 { UInt64(SHARECHECK_MAPPED_PAGE) }
  static var wordsOfPage: Int { Int(SHARECHECK_MAPPED_PAGE) / 8 }
  /// More open pages are closed: each costs time at every look.
  private static var mostOpenPages: UInt32 { 48 }

  /// Who has the two sides of this process.
  nonisolated(unsafe) private static var users: [Unmanaged<MappedMemory>?] = [nil, nil]

  /// Takes a side; nil where this process cannot map the machine's memory, or both are taken.
  init?(_ machine: Machine) {
    self.machine = machine
    windows = Self.windows(of: machine)
    let isFirst = Self.users.allSatisfy { $0 == nil }
    guard let free = Self.users.firstIndex(where: { $0 == nil }) else { return nil }
    side = UInt32(free)
    if isFirst {
      guard sharecheck_mapped_reserve(windows, UInt32(windows.count)) == 0 else { return nil }
      sharecheck_mapped_set_offset(machine.configuration.virtualOffset)
    } else {
      guard let other = Self.users[1 - free]?.takeUnretainedValue(),
        other.windows.elementsEqual(windows, by: { $0.start == $1.start && $0.size == $1.size })
      else { return nil }
    }
    let user = Unmanaged.passUnretained(self)
    Self.users[free] = user
    sharecheck_mapped_set(
      side,
      { user, address, page in
        Unmanaged<MappedMemory>.fromOpaque(user!).takeUnretainedValue().fill(page!, at: address)
      }, user.toOpaque())
    machine.memory.didChange = { [unowned self] range in
      if !isLooking { sharecheck_mapped_changed(side, virtual(range.start), range.size) }
    }
  }

  deinit {
    machine.memory.didChange = nil
    if isUser {
      Self.users[Int(side)] = nil
      sharecheck_mapped_set(side, nil, nil)
    }
    scratch.deallocate()
  }

  /// Whether the side is this one's: an initialiser that failed has taken none.
  private var isUser: Bool {
    Self.users[Int(side)]?.toOpaque() == Unmanaged.passUnretained(self).toOpaque()
  }

  /// Main memory, the driver's, and the page at the top of the address space, in whole pages,
  /// ascending and apart.
  private static func windows(of machine: Machine) -> [sharecheck_range] {
    let offset = machine.configuration.virtualOffset
    let ranges = [machine.memoryMap.memory, machine.configuration.driverMemory].map {
      let start = $0.start.rawValue &+ offset
      return (start & ~(page - 1), (start + $0.size + page - 1) & ~(page - 1))
    }
    var windows: [sharecheck_range] = []
    for (start, end) in (ranges + [(offset - page, offset)]).sorted(by: { $0.0 < $1.0 }) {
      if let last = windows.last, last.start + last.size >= start {
        let whole = max(last.start + last.size, end) - last.start
        windows[windows.count - 1].size = whole
      } else {
        windows.append(sharecheck_range(start: start, size: end - start))
      }
    }
    return windows
  }

  /// The virtual address of a byte.
  func virtual(_ address: PhysicalAddress) -> UInt64 {
    address.rawValue &+ machine.configuration.virtualOffset
  }

  // MARK: Bytes

  /// Before the subject runs: its bytes are there.
  func enter() { sharecheck_mapped_enter(side) }

  /// Writes what the origins say into a page.
  private func fill(_ page: UnsafeMutablePointer<UInt64>, at address: UInt64) {
    let start = address &- machine.configuration.virtualOffset
    // No range ends at 2^64, so that the last byte of all has no origin.
    let size = start == 0 &- Self.page ? Self.page - 1 : Self.page
    page[Self.wordsOfPage - 1] = 0
    let memory = machine.memory
    memory.forEachRun(in: AddressRange(uncheckedStart: start, size: size)) { run, origin in
      let first = run.start.rawValue - start
      Self.write(memory.word(of: origin, at: run.start), from: first, to: first + run.size, page)
    }
  }

  /// Writes a word over and over, each byte where it lies in an aligned word.
  private static func write(
    _ word: UInt64, from start: UInt64, to end: UInt64, _ page: UnsafeMutablePointer<UInt64>
  ) {
    var place = Int(start / 8)
    let last = Int(end / 8)
    if start % 8 != 0 {
      let mask = UInt64.max << (start % 8 * 8) & (place == last ? ~(.max << (end % 8 * 8)) : .max)
      page[place] = page[place] & ~mask | word & mask
      if place == last { return }
      place += 1
    }
    while place < last {
      page[place] = word
      place += 1
    }
    if end % 8 != 0 {
      let mask = ~(UInt64.max << (end % 8 * 8))
      page[last] = page[last] & ~mask | word & mask
    }
  }

  // MARK: Looking

  /// A call begins.
  func begin() {
    hasSeenCopy = false
    enter()
  }

  /// Tells what the subject has written since it was entered.
  ///
  /// - Parameters:
  ///   - call: what it was asked; nil where it was only looked at.
  ///   - outcome: what it answered; nil in the middle of a call.
  func look(_ call: GuestCall?, answered outcome: Outcome?) {
    isLooking = true
    defer { isLooking = false }
    if let call { takeExpected(call, outcome) }
    var place: UInt32 = 0
    var address: UInt64 = 0
    var now: UnsafePointer<UInt64>?
    var print: UnsafePointer<UInt64>?
    writes.removeAll(keepingCapacity: true)
    while sharecheck_mapped_next(&place, &address, &now, &print) != 0 {
      let start = address &- machine.configuration.virtualOffset
      for word in 0..<Self.wordsOfPage where now![word] != print![word] {
        note(now![word], over: print![word], at: start + UInt64(word) * 8, in: call)
      }
    }
    if !writes.isEmpty {
      tell(in: call)
      sharecheck_mapped_settle_all()
    }
    if sharecheck_mapped_open_pages() > Self.mostOpenPages {
      sharecheck_mapped_close()
    } else {
      sharecheck_mapped_close_idle()
    }
  }

  /// Takes what a call is to write for written, if it is there: of bytes that were the same before
  /// nobody can say whether they were written.
  private func takeExpected(_ call: GuestCall, _ outcome: Outcome?) {
    switch (call, outcome) {
    case (.share(let buffer, let direction), .address(let bounce, _)):
      if direction == .deviceToDriver {
        takeZeros(bounce, buffer.size)
      } else {
        takeCopy(from: physical(buffer), to: bounce, buffer.size)
      }
    case (.unshare(let bounce, let buffer, let direction), nil),
      (
        .unshare(let bounce, let buffer, let direction), .done
      ):
      if hasSeenCopy || direction == .driverToDevice { return }
      if outcome == nil, !hasChanged(physical(buffer), buffer.size) { return }
      takeCopy(from: bounce, to: physical(buffer), buffer.size)
    case (.dmaAlloc(let pages, _), .address(let address, _)): takeZeros(address, pages &* Self.page)
    case (.heapAllocate(let size, _, zeroed: true), .address(let address, _)):
      takeZeros(address, size)
    default: break
    }
  }

  func physical(_ buffer: GuestBuffer) -> PhysicalAddress {
    machine.memory.physicalAddress(of: buffer.address)
  }

  private func takeZeros(_ address: PhysicalAddress, _ size: UInt64) {
    guard let range = mapped(address, size) else { return }
    guard allParts(of: range, satisfy: { now, _, bytes in Self.isZero(now, bytes) }) else { return }
    machine.memory.zero(range)
    takeWholeZeros(around: range)
    sharecheck_mapped_settle(virtual(address), size)
  }

  /// Takes words for zeros of which all bytes are 0, at both ends of a range of zeros. A byte that
  /// is 0 is a zero, whoever wrote it: of a word of the host's, too, some bytes are 0.
  func takeWholeZeros(around range: AddressRange) {
    for inside in [range.start.rawValue, range.end.rawValue - 1] {
      let word = inside & ~7
      guard word != 0 &- 8,
        content(of: word, beforeThat: false, scratch).load(as: UInt64.self) == 0
      else { continue }
      machine.memory.reinterpret(AddressRange(uncheckedStart: word, size: 8), as: .zero)
    }
  }

  private func takeCopy(from: PhysicalAddress, to: PhysicalAddress, _ size: UInt64) {
    guard let source = mapped(from, size), let target = mapped(to, size) else { return }
    // What was copied may have been scrubbed since, or written just before.
    guard equals(source, target, beforeThat: true) || equals(source, target, beforeThat: false)
    else { return }
    hasSeenCopy = true
    machine.memory.copy(from: from, to: to, size: size)
    sharecheck_mapped_settle(virtual(to), size)
  }

  /// A range of which all bytes are there.
  private func mapped(_ address: PhysicalAddress, _ size: UInt64) -> AddressRange? {
    let start = virtual(address)
    let isThere = windows.contains {
      start >= $0.start && size <= $0.size && start - $0.start <= $0.size - size
    }
    return isThere ? try? AddressRange(start: address, size: size) : nil
  }

  private func hasChanged(_ address: PhysicalAddress, _ size: UInt64) -> Bool {
    guard let range = mapped(address, size) else { return false }
    return !allParts(of: range) { now, print, bytes in memcmp(now, print, bytes) == 0 }
  }

  private func equals(
    _ source: AddressRange, _ target: AddressRange, beforeThat: Bool
  ) -> Bool {
    var done: UInt64 = 0
    while done < source.size {
      let (from, to) = (source.start.rawValue &+ done, target.start.rawValue &+ done)
      let part = Int(
        min(source.size - done, Self.page - from % Self.page, Self.page - to % Self.page))
      let sent = content(of: from, beforeThat: beforeThat, scratch)
      let held = content(of: to, beforeThat: false, scratch + Self.wordsOfPage)
      if memcmp(sent, held, part) != 0 { return false }
      done += UInt64(part)
    }
    return true
  }

  /// Whether a condition holds of the bytes and the print of each page's part of a range.
  private func allParts(
    of range: AddressRange,
    satisfy condition: (_ now: UnsafeRawPointer, _ print: UnsafeRawPointer, Int) -> Bool
  ) -> Bool {
    var done: UInt64 = 0
    while done < range.size {
      let at = range.start.rawValue &+ done
      let part = Int(min(range.size - done, Self.page - at % Self.page))
      let now = content(of: at, beforeThat: false, scratch)
      let print = content(of: at, beforeThat: true, scratch + Self.wordsOfPage)
      guard condition(now, print, part) else { return false }
      done += UInt64(part)
    }
    return true
  }

  private static func isZero(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
    // Each byte is as the one before it.
    bytes.load(as: UInt8.self) == 0 && memcmp(bytes, bytes + 1, count - 1) == 0
  }

  /// The bytes from an address to the end of its page, as they are or as they were at the last
  /// look. Those of a closed page are what the origins say.
  private func content(
    of address: UInt64, beforeThat: Bool, _ scratch: UnsafeMutablePointer<UInt64>
  ) -> UnsafeRawPointer {
    let virtual = address &+ machine.configuration.virtualOffset
    var now: UnsafePointer<UInt64>?
    var print: UnsafePointer<UInt64>?
    let place = Int(virtual % Self.page)
    guard sharecheck_mapped_page(virtual, &now, &print) != 0, let now, let print else {
      fill(scratch, at: virtual - virtual % Self.page)
      return UnsafeRawPointer(scratch) + place
    }
    return UnsafeRawPointer(beforeThat ? print : now) + place
  }
}
