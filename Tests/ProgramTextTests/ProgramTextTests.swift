import MemorySharing
import ProgramText
import PropertyTesting
import SharingHarness
import SharingModel
import Testing
import Thoroughness

@Suite struct ProgramTextTests {
  @Test("Every program is read back from its text as it was")
  func roundTrip() throws {
    for seed in 0..<400 as Range<UInt64> {
      let program = Grammar().program(seed: seed)
      let read = try Program(text: program.text)
      #expect(read == program, "seed \(seed)")
      #expect(read.text == program.text, "seed \(seed)")
    }
  }

  @Test("A trace is a program: outcomes and comments are not read")
  func traces() throws {
    for seed in 0..<50 as Range<UInt64> {
      let program = Grammar().program(seed: seed)
      let notes = program.steps.map { _ in "threw exhausted # or not → é" }
      #expect(try Program(text: program.text(notes: notes)) == program)
      let windows = program.text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\r\n")
      #expect(try Program(text: windows) == program)
    }
  }

  @Test("Faults with unusual answers are printed and read, too")
  func unusualFaults() throws {
    let program = Program(steps: [
      Step(.unshareAll, fault: .hypercall(position: 1, .fails(answer: -99))),
      Step(.standingFault(.answersGarbage(UInt64.max))),
      Step(.standingFault(.fails(answer: Int64.min))),
    ])
    #expect(try Program(text: program.text) == program)
  }

  @Test("Mutated text and random bytes are a program or an error, never a trap")
  func total() {
    for seed in 0..<1500 as Range<UInt64> {
      var numbers = RandomNumbers(seed: seed)
      var bytes = Array(Grammar(maximumLength: 8).program(seed: seed % 50).text.utf8)
      for _ in 0...numbers.next(below: 4) {
        let place = Int(numbers.next(below: UInt64(bytes.count)))
        switch numbers.next(below: 4) {
        case 0: bytes[place] = UInt8(numbers.next(below: 256))
        case 1: bytes.removeSubrange(place..<min(place + 7, bytes.count))
        case 2: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: place)
        default: bytes.insert(contentsOf: bytes.suffix(from: place).prefix(40), at: place)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      // What is read at all can be printed and read again.
      if let program = try? Program(utf8: bytes) {
        #expect((try? Program(text: program.text)) == program, "seed \(seed)")
      }
      let noise = (0..<64).map { _ in UInt8(numbers.next(below: 256)) }
      #expect((try? Program(utf8: noise)) == nil)
    }
  }

  @Test(
    "An error names the line and what is wrong",
    arguments: [
      ("", 1, "empty"),
      ("# only a comment\n", 1, "empty"),
      ("machine\nalocate a 1 align 1\nend", 2, "\"alocate\""),
      ("machine\nallocate i 1 align 1\nend", 2, "slot"),
      ("machine\nallocate a 18446744073709551616 align 1\nend", 2, "64 bits"),
      ("machine\nallocate a -1 align 1\nend", 2, "not a number"),
      ("machine\nallocate a 1\nend", 2, "ends where"),
      ("machine\nallocate a 1 align 1 1\nend", 2, "too many"),
      ("machine\nfree a ! hypercall 1 fails\nend", 2, "can fail"),
      ("machine\nunshare-all ! hypercall 0 fails\nend", 2, "not within"),
      ("machine\nmap-mmio 1152921504606846976 pages 1\nend", 2, "not within"),
      ("machine\n\n\nwrite a\n", 5, "\"end\""),
      ("machine\nend\nwrite a", 3, "behind"),
      ("write a\nmachine\nend", 2, "first"),
      ("machine granule=3\nend", 1, "granule=2"),
      ("machine granule=1 granule=1\nend", 1, "twice"),
      ("machine heap=worst-fit\nend", 1, "buddy or first-fit"),
      ("machine colour=1\nend", 1, "colour"),
      ("machine arena=0x80000000\nend", 1, "start+size"),
      ("# sharecheck program, version 2\nmachine\nend", 1, "version 2"),
      ("machine\n\u{7}\nend", 2, "byte 7"),
      ("machine\nwrite é\nend", 2, "byte 195"),
    ])
  func errors(text: String, line: Int, words: String) {
    let error = #expect(throws: ProgramTextError.self) { try Program(text: text) }
    #expect(error?.line == line)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("A line of megabytes and a program of too many commands are errors")
  func tooLarge() {
    let long = "machine\n" + String(repeating: "a", count: inRelease(10_000_000, debug: 2_000_000))
    #expect(throws: ProgramTextError.self) { try Program(text: long) }
    let many = String(repeating: "scribble\n", count: Program.textLimit + 1) + "end"
    let error = #expect(throws: ProgramTextError.self) { try Program(text: many) }
    #expect(error?.problem == .tooManyCommands(limit: Program.textLimit))
  }

  @Test("Bytes are believed only where something says that a fuzzer wrote them")
  func files() throws {
    let bytes: [UInt8] = Array(repeating: 7, count: 100)
    #expect(throws: ProgramFileError.self) { try ProgramFile.program(bytes, path: "some/file") }
    for path in ["crash-1", "a/oom-2", String(repeating: "0a", count: 20), "corpora/coverage/x/1"] {
      #expect(try ProgramFile.program(bytes, path: path).steps.count == 5)
    }
    #expect(try ProgramFile.program(bytes, path: "x", forcingBytes: true).steps.count == 5)
    #expect(throws: ProgramFileError.empty) { try ProgramFile.program([], path: "crash-1") }
    let text = Array(Grammar().program(seed: 1).text.utf8)
    #expect(try ProgramFile.program(text, path: "crash-1") == Grammar().program(seed: 1))
  }
}
