import Foundation
import ProgramText
import SharingModel
import Testing

/// That a test of an exhibit compiles and runs: one of them is a file here.
@Suite struct ExhibitTestSourceTests {
  @Test("What is printed is the test in the file of its name; to print: SHARECHECK_PIN=1")
  func printed() throws {
    let text = "machine granule=64\nheap-allocate b 100 align 8\nend\n"
    let source = TestSource(
      try Program(text: text), backends: ["pkvm", "gunyah"], exhibit: "canary")
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "\(source.name).swift")
    if ProcessInfo.processInfo.environment["SHARECHECK_PIN"] == "1" {
      return try source.text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == source.text)
  }
}
