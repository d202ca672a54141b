extension UUIDWords {
  /// Decodes the answer of the vendor UID call: w0 to w3, always 32 bits, whatever lies above them.
  @inlinable
  public init(answered registers: HypercallRegisters) {
    self.init(
      UInt32(truncatingIfNeeded: registers.x0),
      UInt32(truncatingIfNeeded: registers.x1),
      UInt32(truncatingIfNeeded: registers.x2),
      UInt32(truncatingIfNeeded: registers.x3))
  }

  /// 28b46fb6-2ec5-11e9-a9ca-4b564d003a74: KVM, protected or plain.
  public static var kvm: UUIDWords {
    UUIDWords(0xB66F_B428, 0xE911_C52E, 0x564B_CAA9, 0x743A_004D)
  }

  /// c1d58fcd-a453-5fdb-9265-ce36673d5f14.
  public static var gunyah: UUIDWords {
    UUIDWords(0xCD8F_D5C1, 0xDB5F_53A4, 0x36CE_6592, 0x145F_3D67)
  }

  /// 7e134ed0-3b82-488d-8cee-69c19211dbe7.
  public static var genieZone: UUIDWords {
    UUIDWords(0xD04E_137E, 0x8D48_823B, 0xC169_EE8C, 0xE7DB_1192)
  }
}
