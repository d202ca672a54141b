import MemorySharing

/// A conduit that remembers every call and answers what a test tells it to.
final class RecordingConduit: HypercallConduit {
  var calls: [HypercallRegisters] = []
  var abandoned: [AddressRange] = []
  var answer: (HypercallRegisters) -> HypercallRegisters

  init(_ answer: @escaping (HypercallRegisters) -> HypercallRegisters) { self.answer = answer }

  /// Answers every call the same x0.
  convenience init(x0: UInt64) { self.init { _ in HypercallRegisters(x0) } }

  func call(_ registers: HypercallRegisters) -> HypercallRegisters {
    calls.append(registers)
    return answer(registers)
  }

  func abandon(_ granules: AddressRange) { abandoned.append(granules) }
}

/// -1, -2, -3 and so on as x0 carries them.
func x0(_ answer: Int64) -> UInt64 { UInt64(bitPattern: answer) }

/// Answers that sit on the edges of every decoding.
let telltaleAnswers: [UInt64] = [
  0, 1, 2, 4095, 4096, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFF,
  0x1_0000_0000, 0xDEAD_BEEF_0000_0000, 0xDEAD_BEEF_0000_0001, 0xDEAD_BEEF_FFFF_FFFF,
  0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, x0(-3), x0(-2), x0(-1),
]

func range(_ start: UInt64, _ size: UInt64) -> AddressRange {
  AddressRange(uncheckedStart: start, size: size)
}
