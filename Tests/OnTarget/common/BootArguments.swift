/// The words of the kernel's command line that are the test's: `sharecheck.KEY=VALUE`.
struct BootArguments {
  private let range: Range<UInt64>

  init(_ tree: DeviceTree?) {
    let value = tree?.node(named: "chosen")?.value("bootargs")
    range = value.map { $0.start..<$0.end } ?? 0..<0
  }

  /// Whether the words hold this one.
  func has(_ word: StaticString) -> Bool {
    var at = range.lowerBound
    while at < range.upperBound {
      var end = at
      while end < range.upperBound, r8(end) != 0x20, r8(end) != 0 { end += 1 }
      if end - at == UInt64(word.utf8CodeUnitCount), isEqual(word, at) { return true }
      at = end + 1
    }
    return false
  }

  /// The number of a word `KEY=DIGITS`.
  func number(_ key: StaticString) -> UInt64? {
    let length = UInt64(key.utf8CodeUnitCount)
    var at = range.lowerBound
    while at + length < range.upperBound {
      if isEqual(key, at), r8(at + length) == 0x3D {
        var value: UInt64 = 0
        at += length + 1
        while at < range.upperBound, r8(at) >= 0x30, r8(at) <= 0x39 {
          value = value &* 10 &+ UInt64(r8(at) - 0x30)
          at += 1
        }
        return value
      }
      at += 1
    }
    return nil
  }

  private func isEqual(_ word: StaticString, _ address: UInt64) -> Bool {
    word.withUTF8Buffer { bytes in
      for (index, byte) in bytes.enumerated() where r8(address + UInt64(index)) != byte {
        return false
      }
      return true
    }
  }
}
