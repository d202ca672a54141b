/// Nothing in a checkout says on which machine it was made.
struct Hygiene {
  /// Hosts that files may name.
  static let hosts: Set = [
    "android-review.googlesource.com", "android.googlesource.com", "developer.arm.com",
    "docs.kernel.org", "download.swift.org", "github.com", "hypothesis.readthedocs.io", "lwn.net",
    "nvd.nist.gov", "www.apache.org", "www.swift.org",
  ]
  /// Folders of a machine.
  static let folders: [StaticString] = [
    "/home/", "/root/", "/tmp/", "/work/", "/Users/", "/var/tmp/",
  ]

  static func complaints(_ checkout: Checkout) -> [Complaint] {
    let files = checkout.all { path in
      !path.hasPrefix("corpora/") || path.hasSuffix(".md") || path.hasSuffix(".txt")
    }
    return files.filter { !$0.path.hasPrefix("Tests/TidyTests/") }.flatMap(complaints)
  }

  private static func complaints(_ file: SourceFile) -> [Complaint] {
    var complaints: [Complaint] = []
    file.bytes.withUnsafeBufferPointer { bytes in
      let slash = UInt8(ascii: "/")
      var line = 1
      for index in 0..<bytes.count {
        if bytes[index] == 0x0A { line += 1 }
        guard bytes[index] == slash, index + 1 < bytes.count else { continue }
        if bytes[index + 1] == slash {
          guard index > 0, bytes[index - 1] == UInt8(ascii: ":") else { continue }
          let host = host(bytes, at: index + 2)
          if host.contains("."), !hosts.contains(host) {
            complaints.append(Complaint(file.path, line, "names the host \(host)"))
          }
        } else if index == 0 || !isPathByte(bytes[index - 1]) {
          for folder in folders where begins(bytes, index, folder) && !isMade(bytes, index) {
            complaints.append(Complaint(file.path, line, "names the folder \(folder)"))
          }
        }
      }
    }
    return complaints
  }

  private static func host(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> String {
    let host = bytes[start...].prefix { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2D }
    return String(decoding: host, as: UTF8.self)
  }

  private static func begins(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ folder: StaticString
  ) -> Bool {
    guard start + folder.utf8CodeUnitCount <= bytes.count else { return false }
    for offset in 0..<folder.utf8CodeUnitCount
    where bytes[start + offset] != folder.utf8Start[offset] { return false }
    return true
  }

  /// Whether `mktemp` stands in the line of a byte.
  private static func isMade(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let start = bytes[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let line = String(decoding: bytes[start...].prefix { $0 != 0x0A }, as: UTF8.self)
    return line.contains("mktemp")
  }

  /// Whether a path can go on after the byte, so that the slash begins none.
  private static func isPathByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "._-}/*)$".utf8.contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10
  }
}
