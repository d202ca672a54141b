import MemorySharing
import SimulatedHypervisors

/// The port calls that the specification wants of one call, each in its place: which there must be,
/// and which may be, given what was answered so far (spec §4, refill, when is a granule private,
/// teardown; spec §5, MMIO guard).
///
/// It follows the calls and remembers the first that is not the one wanted. What a call may do to
/// memory, `calls-stay-in-their-frame` says.
struct CallProtocol {
  /// The first call that was not wanted, or was wanted and did not come.
  private(set) var deviation: String?

  /// What is wanted next.
  private enum Wanted: Equatable {
    /// Nothing more; nor is anything missing.
    case nothing
    /// A call without an argument.
    case function(HypercallFunction)
    /// A region of so many bytes, aligned to its size.
    case region(UInt64)
    case share(granule: UInt64)
    /// To take back a granule whose SHARE failed, or its probe.
    case clear(granule: UInt64, isProbe: Bool)
    case probe(granule: UInt64)
    /// To take back a granule that is shared; the end is that of the granules which are.
    case unshare(granule: UInt64, end: UInt64)
    case giveBack
    case map(UInt64)
    case unmap(UInt64)
  }

  private var wanted = Wanted.nothing
  /// The region that is being shared, taken back, mapped or unmapped; later the next of `rest`.
  private var region = AddressRange(uncheckedStart: 0, size: 1)
  /// Whether a granule of the region is lost, so that the heap does not get it back.
  private var isLost = false
  /// The calls without an argument that come after this one, the last of them first.
  private var functions: [HypercallFunction] = []
  /// The regions whose turn comes after this one, the last of them first.
  private var rest: [AddressRange] = []
  private var granule: UInt64 = 1
  private var mmioGranule: UInt64 = 4096
  /// False while the system is built.
  private var isFollowing = false
  /// Whether the call may be refused before any of its calls, for want of a record.
  private var mayMakeNone = false
  private var sharesNothing = false

  mutating func reset(granule: UInt64, heapModeSharesNothing: Bool) {
    self.granule = granule
    sharesNothing = heapModeSharesNothing
    isFollowing = false
  }

  // MARK: Beginning and end

  /// Starts a command; nil where it is no call of the guest's.
  mutating func begin(_ call: GuestCall?, _ model: Model) {
    isFollowing = true
    mayMakeNone = false
    deviation = nil
    wanted = .nothing
    rest.clear()
    functions.clear()
    if call == .detect { return detect(model) }
    guard let call, model.record.faults.isEmpty else { return }
    switch call {
    case .initialise: if model.backing == .dynamic { wanted = .function(.memInfo) }
    case .allocateShared, .dmaAlloc, .share:
      guard model.backing != .fixed, let block = model.record.poolRequest,
        !model.record.poolCouldServe, model.record.recordLack == nil
      else { return }
      wanted = .region(sharesNothing ? block : max(block, granule))
    case .unshareAll, .drop:
      guard model.backing != .fixed else { return }
      for region in model.regions where !model.isKept(region) { rest.append(region) }
      takeNextBack()
    case .mapMMIO(let range):
      mmioGranule = model.configuration.mmioGranule
      guard let granules = model.mmioGranules(of: range) else { return }
      region = granules
      wanted = .map(region.start.rawValue)
      mayMakeNone = model.mayBeFullOfRecords
    case .unmapAllMMIO:
      mmioGranule = model.configuration.mmioGranule
      for range in model.mapped {
        if let granules = model.mmioGranules(of: range) { rest.append(granules) }
      }
      unmapNext()
    case .detect, .heapAdd, .deallocateShared, .dmaDealloc, .unshare, .heapAllocate,
      .heapDeallocate:
      return
    }
  }

  /// UID; of KVM, whether it has an MMIO guard, and without one its features; and the guard's own
  /// init (spec §5).
  private mutating func detect(_ model: Model) {
    wanted = .function(.vendorUID)
    // Where the UUID is known, a broken guard is seen by its INFO: the first, or that after ENROLL.
    if model.record.faults.contains(.hypervisorIsUnknown) { return }
    if model.record.faults.contains(.mmioGuardIsBroken) { return isFollowing = false }
    if model.hasMMIOGuard {
      functions += [.mmioGuardInfo, .mmioGuardEnroll]
    } else if model.backend.behaviour.mmioGuard == .present {
      // It is asked, and is not there.
      functions.append(.mmioGuardEnroll)
    }
    if model.backend.behaviour.uuid == .kvm {
      if model.backend.behaviour.mmioGuard != .present { functions.append(.features) }
      functions.append(.mmioGuardInfo)
    }
  }

  mutating func end() {
    guard isFollowing, deviation == nil, !mayMakeNone else { return }
    if wanted != .nothing { deviate("the call ended, and \(words) was still to come") }
  }

  // MARK: What comes

  mutating func called(_ function: HypercallFunction, _ call: HypercallEvent, isGood: Bool) {
    guard isFollowing, deviation == nil else { return }
    mayMakeNone = false
    guard isWanted(function, call.x1), call.x2 == 0, call.x3 == 0 else {
      return deviate("\(call.words) was called instead of \(words)")
    }
    switch wanted {
    case .function: wanted = functions.popLast().map(Wanted.function) ?? .nothing
    case .share(let granule): shared(granule, isGood)
    case .clear(let granule, let isProbe):
      if isGood {
        takeBack(upTo: granule)
      } else if isProbe {
        isLost = true
        takeBack(upTo: granule)
      } else {
        wanted = .probe(granule: granule)
      }
    case .probe(let granule):
      if isGood {
        wanted = .clear(granule: granule, isProbe: true)
      } else {
        isLost = true
        takeBack(upTo: granule)
      }
    case .unshare(let granule, let end):
      if !isGood { isLost = true }
      let next = granule &+ self.granule
      if next < end { wanted = .unshare(granule: next, end: end) } else { settle() }
    case .map(let address): mapped(address, isGood)
    case .unmap(let address):
      if address > region.start.rawValue {
        wanted = .unmap(address &- mmioGranule)
      } else {
        unmapNext()
      }
    case .nothing, .region, .giveBack: break
    }
  }

  mutating func calledUnknown(_ call: HypercallEvent) {
    guard isFollowing else { return }
    deviate("\(call.words) was called instead of \(words)")
  }

  mutating func took(_ range: AddressRange, alignment: UInt64) {
    guard isFollowing, deviation == nil else { return }
    guard case .region(let size) = wanted, range.size == size, alignment == size else {
      return deviate(
        "a region of \(range.size) bytes aligned to \(alignment) was taken instead of \(words)")
    }
    region = range
    isLost = false
    wanted = sharesNothing ? .nothing : .share(granule: range.start.rawValue)
  }

  mutating func wasRefused(_ layout: Layout) {
    guard isFollowing, deviation == nil else { return }
    guard case .region(let size) = wanted, layout.size == size, layout.alignment == size else {
      return deviate("the heap was asked for \(layout) instead of \(words)")
    }
    wanted = .nothing
  }

  /// A region went back to the heap, whether the heap took it or not.
  mutating func gaveBack(_ range: AddressRange) {
    guard isFollowing, deviation == nil else { return }
    guard wanted == .giveBack, range == region else {
      return deviate("the region \(range) went back instead of \(words)")
    }
    takeNextBack()
  }

  // MARK: What follows

  private mutating func shared(_ granule: UInt64, _ isGood: Bool) {
    guard isGood else { return wanted = .clear(granule: granule, isProbe: false) }
    let next = granule &+ self.granule
    wanted = next < region.end.rawValue ? .share(granule: next) : .nothing
  }

  /// Has the granules of the region below this one taken back, from the first on.
  private mutating func takeBack(upTo end: UInt64) {
    let start = region.start.rawValue
    if start < end { wanted = .unshare(granule: start, end: end) } else { settle() }
  }

  private mutating func settle() {
    if isLost { takeNextBack() } else { wanted = .giveBack }
  }

  private mutating func takeNextBack() {
    guard let next = rest.popLast() else { return wanted = .nothing }
    region = next
    isLost = false
    if sharesNothing { wanted = .giveBack } else { takeBack(upTo: next.end.rawValue) }
  }

  private mutating func mapped(_ address: UInt64, _ isGood: Bool) {
    let size = mmioGranule
    if isGood {
      let next = address &+ size
      wanted = next < region.end.rawValue ? .map(next) : .nothing
    } else if address > region.start.rawValue {
      wanted = .unmap(address &- size)
    } else {
      wanted = .nothing
    }
  }

  private mutating func unmapNext() {
    guard let next = rest.popLast() else { return wanted = .nothing }
    region = next
    wanted = .unmap(next.end.rawValue &- mmioGranule)
  }

  // MARK: In words

  private func isWanted(_ function: HypercallFunction, _ x1: UInt64) -> Bool {
    switch wanted {
    case .nothing, .region, .giveBack: false
    case .function(let wanted): function == wanted && x1 == 0
    case .share(let granule), .probe(let granule): function == .memShare && x1 == granule
    case .clear(let granule, _), .unshare(let granule, _):
      function == .memUnshare && x1 == granule
    case .map(let address): function == .mmioGuardMap && x1 == address
    case .unmap(let address): function == .mmioGuardUnmap && x1 == address
    }
  }

  private var words: String {
    switch wanted {
    case .nothing: "no call at all"
    case .function(let function): hypercallWords(function.rawValue, 0)
    case .region(let size): "a region of \(size) bytes aligned to its size"
    case .share(let granule), .probe(let granule): "SHARE of \(hex(granule))"
    case .clear(let granule, _), .unshare(let granule, _): "UNSHARE of \(hex(granule))"
    case .giveBack: "the return of the region \(region)"
    case .map(let address): "MMIO MAP of \(hex(address))"
    case .unmap(let address): "MMIO UNMAP of \(hex(address))"
    }
  }

  private mutating func deviate(_ text: String) {
    if deviation == nil { deviation = text }
    wanted = .nothing
  }
}
