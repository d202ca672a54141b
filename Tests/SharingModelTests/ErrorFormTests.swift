import Foundation
import MemorySharing
import SharingModel
import Testing

/// That the table of errors is complete, and that what follows from it says what it should.
@Suite struct ErrorFormTests {
  /// Evidence of which no two words are alike.
  private static func error(_ number: UInt64) -> ShareError? {
    ShareError(words: (number, 0x1003, 0x2005, 0x3007, 0x4009))
  }

  private static var errors: [ShareError] {
    ErrorForm.all.compactMap { error($0.number) }
  }

  @Test("Every error of the core has a row, at the place of its number")
  func complete() throws {
    let file = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/MemorySharing/ShareError.swift")
    let source = try String(contentsOf: file, encoding: .utf8)
    let lines = source.split(separator: "\n")
    // The enum says `  case name`; its words say `    case .name`.
    #expect(lines.count { $0.hasPrefix("  case ") } == ErrorForm.all.count)
    #expect(ErrorForm.all.map(\.number) == Array(1...UInt64(ErrorForm.all.count)))
    #expect(Self.errors.count == ErrorForm.all.count)
    #expect(Set(ErrorForm.all.map(\.name)).count == ErrorForm.all.count)
    #expect(ShareError.names.count == ErrorForm.all.count + 1)
  }

  @Test("An error comes back from its words as it was, and from nobody's words nothing does")
  func words() throws {
    for form in ErrorForm.all {
      let error = try #require(Self.error(form.number))
      #expect(error.number == Int(form.number), "\(error)")
      #expect(error.form.number == form.number)
      #expect(ShareError(words: error.words) == error, "\(error)")
    }
    #expect(Self.error(0) == nil)
    #expect(Self.error(UInt64(ErrorForm.all.count) + 1) == nil)
  }

  @Test("Errors are described with their evidence")
  func descriptions() {
    let descriptions = [
      "size is zero", "alignment 4099 is not a power of two", "size 4099 overflows",
      "larger than the top order: 4099 bytes aligned to 8197",
      "exhausted: 4099 bytes aligned to 8197",
      "out of metadata: 4099 bytes needed, 8197 there", "not allocated: 0x1003",
      "allocated with another layout: 0x1003", "range is empty: at 0x1003",
      "range overflows: 0x1003+0x2005", "range overlaps: 0x1003+0x2005",
      "range is outside: 0x1003+0x2005", "range is misaligned: 0x1003+0x2005",
      "range holds address 0: 0x1003+0x2005", "too many regions", "uninitialised",
      "already initialised", "closed", "hypercall failed: 0x1003 of 0x2005 answered 12295",
      "granule 4099 is not a power of two", "unknown hypervisor", "no static range",
      "no MMIO guard", "MMIO granule 4099 is misaligned", "already mapped: 0x1003",
      "busy",
    ]
    #expect(Self.errors.map(\.description) == descriptions)
    let failed = ShareError.hypercallFailed(function: 0xC600_0003, address: 0, answer: -3)
    #expect(failed.description == "hypercall failed: 0xc6000003 of 0x0 answered -3")
  }

  @Test("A fault is named by the errors that say it, and by no other")
  func faults() {
    let named = Self.errors.map { error in
      RequestFault.allCases.filter { $0.isNamed(by: error) }
    }
    let overflow: [RequestFault] = [.overflow, .aboveTheTopOrder]
    #expect(
      named == [
        [.sizeIsZero], [.alignmentIsNoPowerOfTwo], overflow, overflow, [],
        [.metadataIsScant], [.notAllocated],
        [.notAllocated], [.rangeIsEmpty], [.overflow], [.rangeOverlaps], [.rangeIsOutside],
        [.rangeIsMisaligned], [.rangeAtZero], [.tooManyRegions], [.uninitialised],
        [.alreadyInitialised], [.closed], [.mmioGuardIsBroken], [], [.hypervisorIsUnknown],
        [.noStaticRange], [.noGuard], [.mmioGuardIsBroken],
        [.alreadyMapped], [],
      ])
  }

  @Test("Sizes and addresses of an error change, and nothing else does")
  func mapped() {
    func mapped(_ error: ShareError) -> ShareError {
      error.mapped(size: { $0 * 2 }, address: { $0 + 1 })
    }
    let layout = Layout(uncheckedSize: 3, alignment: 4)
    let doubled = Layout(uncheckedSize: 6, alignment: 8)
    let range = AddressRange(uncheckedStart: 5, size: 7)
    #expect(mapped(.exhausted(layout)) == .exhausted(doubled))
    #expect(mapped(.sizeOverflows(9)) == .sizeOverflows(18))
    #expect(mapped(.notAllocated(PhysicalAddress(9))) == .notAllocated(PhysicalAddress(10)))
    #expect(
      mapped(.rangeOverlaps(range)) == .rangeOverlaps(AddressRange(uncheckedStart: 6, size: 14)))
    let kept: [ShareError] = [
      .outOfMetadata(needed: 1, available: 2), .closed,
      .hypercallFailed(function: 1, address: 2, answer: -3),
    ]
    #expect(kept.map(mapped) == kept)
  }
}
