import Foundation
import PropertyTesting

/// The kept failures of one check.
package struct FailureShelf<Fingerprint: Hashable> {
  /// A kept failure that fails still.
  package struct Failing {
    package let file: URL
    package let testCase: TestCase
    package let fingerprint: Fingerprint
  }

  /// What came of replaying all that was kept.
  package struct Replayed {
    package var failing: [Failing] = []
    /// A line for each file that says no program.
    package var ignored: [String] = []
  }

  private let folder: URL
  /// What the names of its files begin with.
  private let name: String
  private let write: (TestCase) -> String
  private let read: (String) throws -> TestCase

  /// - Parameters:
  ///   - name: tells this check from all others that keep their failures in the folder.
  ///   - write: a case as text.
  ///   - read: the case of a text; throws what is wrong with it.
  package init(
    in folder: URL, name: String, write: @escaping (TestCase) -> String,
    read: @escaping (String) throws -> TestCase
  ) {
    self.folder = folder
    self.name = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    self.write = write
    self.read = read
  }

  /// Replays all that is kept, in the order of the names, and removes what holds.
  package func replay(_ property: Property<Fingerprint>) -> Replayed {
    var replay = Replayed()
    for file in files {
      // Another process may have removed it in between.
      guard let data = try? Data(contentsOf: file) else { continue }
      guard let text = String(data: data, encoding: .utf8) else {
        replay.ignored.append("ignored the kept failure \(path(file)): it is not text")
        continue
      }
      do {
        let testCase = try read(text)
        let evaluation = property.evaluate(testCase)
        if let fingerprint = evaluation.fingerprint {
          replay.failing.append(
            Failing(file: file, testCase: evaluation.testCase, fingerprint: fingerprint))
        } else {
          try? FileManager.default.removeItem(at: file)
        }
      } catch {
        replay.ignored.append("ignored the kept failure \(path(file)): \(error)")
      }
    }
    return replay
  }

  /// Keeps a case; nil where it cannot be written.
  @discardableResult
  package func keep(_ testCase: TestCase, failing fingerprint: Fingerprint) -> URL? {
    let failure = "\(fingerprint)".split(whereSeparator: \.isNewline).joined(separator: " ")
    let text = "# \(failure)\n\(write(testCase))\n"
    let file = folder.appending(path: "\(name).\(Self.hash(text)).txt")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // Written beside its place and renamed.
      try Data(text.utf8).write(to: file, options: .atomic)
      return file
    } catch {
      return nil
    }
  }

  private var files: [URL] {
    let all = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter {
      $0.lastPathComponent.hasPrefix(name + ".") && $0.pathExtension == "txt"
    }.sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  private func path(_ file: URL) -> String { file.path(percentEncoded: false) }

  /// FNV-1a, in 16 hexadecimal digits.
  private static func hash(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
