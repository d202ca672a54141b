/// A flattened device tree in memory, which is read, and can be blotted out in parts.
///
/// Source: Devicetree Specification 0.4, chapter 5.
struct DeviceTree {
  private let start: UInt64
  private let structure: UInt64
  private let strings: UInt64

  fileprivate enum Token {
    static var beginNode: UInt32 { 1 }
    static var endNode: UInt32 { 2 }
    static var property: UInt32 { 3 }
    static var nothing: UInt32 { 4 }
  }

  /// Nil where there is none.
  init?(at address: UInt64) {
    guard bigEndian32(address) == 0xD00D_FEED else { return nil }
    start = address
    structure = address + UInt64(bigEndian32(address + 8))
    strings = address + UInt64(bigEndian32(address + 12))
  }

  /// A node below the root, as far as its first child.
  struct Node {
    /// Where its token is.
    fileprivate let start: UInt64
    fileprivate let tree: DeviceTree

    /// The value of a property.
    func value(_ name: StaticString) -> Value? {
      var at = start + 4
      tree.skipText(&at)
      while true {
        switch bigEndian32(at) {
        case Token.property:
          let size = UInt64(bigEndian32(at + 4))
          if holds(name, tree.strings + UInt64(bigEndian32(at + 8))) {
            return Value(token: at, start: at + 12, size: size)
          }
          at += 12 + (size + 3) & ~3
        case Token.nothing: at += 4
        default: return nil
        }
      }
    }

    /// Whether it is one of these devices.
    func isCompatible(with name: StaticString) -> Bool {
      value("compatible")?.hasText(name) ?? false
    }

    /// Its registers: pairs of address and size, two cells each.
    func forEachRegister(_ body: (Range<UInt64>) -> Void) {
      guard let value = value("reg") else { return }
      var at = value.start
      while at + 16 <= value.end {
        let base = bigEndian64(at)
        body(base..<base + bigEndian64(at + 8))
        at += 16
      }
    }

    /// Makes it as if it were not there.
    func erase() {
      var at = start
      tree.skipNode(&at)
      blot(start..<at)
    }
  }

  /// The bytes of a property.
  struct Value {
    fileprivate let token: UInt64
    let start: UInt64
    let size: UInt64
    var end: UInt64 { start + size }

    /// Whether one of its texts is this one.
    func hasText(_ text: StaticString) -> Bool {
      var at = start
      while at < end {
        if holds(text, at) { return true }
        while at < end, r8(at) != 0 { at += 1 }
        at += 1
      }
      return false
    }

    /// Puts another text of the same length there.
    func replace(by text: StaticString) {
      text.withUTF8Buffer {
        for (index, byte) in $0.enumerated() { w8(start + UInt64(index), byte) }
      }
    }

    func erase() { blot(token..<(end + 3) & ~3) }
  }

  /// Hands over each child of the root.
  func forEachNode(_ body: (Node) -> Void) {
    var at = structure + 4
    skipText(&at)
    while true {
      switch bigEndian32(at) {
      case Token.beginNode:
        var next = at
        skipNode(&next)
        body(Node(start: at, tree: self))
        at = next
      case Token.property: skipProperty(&at)
      case Token.nothing: at += 4
      default: return
      }
    }
  }

  /// A child of the root by its whole name.
  func node(named name: StaticString) -> Node? {
    var found: Node?
    forEachNode { if found == nil, holds(name, $0.start + 4) { found = $0 } }
    return found
  }

  private func skipText(_ at: inout UInt64) {
    while r8(at) != 0 { at += 1 }
    at = (at + 4) & ~3
  }

  private func skipProperty(_ at: inout UInt64) {
    at += 12 + (UInt64(bigEndian32(at + 4)) + 3) & ~3
  }

  /// Moves behind a node's end.
  private func skipNode(_ at: inout UInt64) {
    var depth = 0
    repeat {
      switch bigEndian32(at) {
      case Token.beginNode:
        depth += 1
        at += 4
        skipText(&at)
      case Token.property: skipProperty(&at)
      case Token.endNode:
        depth -= 1
        at += 4
      default: at += 4
      }
    } while depth > 0
  }
}

/// Overwrites tokens by ones that say nothing.
private func blot(_ range: Range<UInt64>) {
  var at = range.lowerBound
  while at < range.upperBound {
    w32(at, DeviceTree.Token.nothing.bigEndian)
    at += 4
  }
}

private func bigEndian32(_ address: UInt64) -> UInt32 { r32(address).bigEndian }

/// Cells are aligned to 4 only.
func bigEndian64(_ address: UInt64) -> UInt64 {
  UInt64(bigEndian32(address)) << 32 | UInt64(bigEndian32(address + 4))
}

/// Whether a text ended by 0 lies at an address.
private func holds(_ text: StaticString, _ address: UInt64) -> Bool {
  text.withUTF8Buffer { bytes in
    for (index, byte) in bytes.enumerated() where r8(address + UInt64(index)) != byte {
      return false
    }
    return r8(address + UInt64(bytes.count)) == 0
  }
}
