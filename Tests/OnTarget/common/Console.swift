// The console of all images: the PL011 of QEMU's `virt`.

enum Console {
  static var page: UInt64 { 0x0900_0000 }

  static func put(_ byte: UInt8) { w32(page, UInt32(byte)) }
}

func say(_ text: StaticString) {
  text.withUTF8Buffer { for byte in $0 { Console.put(byte) } }
}

func say(hex value: UInt64) {
  say("0x")
  var shift = max(4, 64 - UInt64(value.leadingZeroBitCount) + 3) & ~3
  while shift > 0 {
    shift -= 4
    let digit = UInt8(value >> shift & 15)
    Console.put(digit < 10 ? 48 + digit : 87 + digit)
  }
}

func say(_ value: UInt64) {
  if value >= 10 { say(value / 10) }
  Console.put(48 + UInt8(value % 10))
}
