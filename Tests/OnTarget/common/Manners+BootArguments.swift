extension Manners {
  /// The backend that the command line names, by the names of `sharecheck list backends`; protected
  /// KVM where it names none.
  init(_ arguments: BootArguments) {
    let several: UInt64 = 512 << Self.batchShift
    if arguments.has("sharecheck.backend=pkvm-newer") {
      word = Self.kvm | Self.refusesUnaligned | Self.sharesSeveral | several
    } else if arguments.has("sharecheck.backend=pkvm-android13") {
      word = Self.kvm | Self.answersLikeAndroid13
    } else if arguments.has("sharecheck.backend=pkvm-linux") {
      word = Self.kvm | Self.guardsNothing | Self.refusesUnaligned | Self.waitsForMemory
    } else if arguments.has("sharecheck.backend=gunyah") {
      word = Self.gunyah | Self.sharesNothing | Self.guardsNothing
    } else if arguments.has("sharecheck.backend=geniezone") {
      word = Self.genieZone
    } else if arguments.has("sharecheck.backend=kvm") {
      word = Self.kvm | Self.sharesNothing | Self.guardsNothing | Self.hidesNothing
    } else {
      word = Self.kvm
    }
  }
}

/// What the host has shared before the guest boots, where the hypervisor shares nothing on demand.
/// The page of `Mailbox` comes first; the rest is the static range of the pool.
enum StaticRange {
  static var whole: Range<UInt64> { 0x48F0_0000..<0x4900_0000 }
  static var ofPool: Range<UInt64> { 0x48F1_0000..<0x4900_0000 }
}
