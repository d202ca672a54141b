/// The vendor calls, each as one function: encode, call, decode, throw.
///
/// All hypervisors share these; they differ in which of them they have, and in how Android 13
/// answers two of them.
extension HypercallConduit {
  /// MEMINFO. - Throws: `hypercallFailed`, `granuleIsNotAPowerOfTwo` (also for an answer of 0).
  @inlinable
  package func memInfo() throws(ShareError) -> Granule {
    let bytes = try answer(positiveOrErrorOf: .memInfo)
    return try Granule(bytes: bytes)
  }

  /// MEM_SHARE. - Throws: `hypercallFailed`.
  @inlinable
  package func memShare(_ granule: PhysicalAddress) throws(ShareError) {
    let x0 = x0(of: .memShare, at: granule.rawValue)
    try check(HypercallAnswer(zeroOrError: x0), of: .memShare, at: granule.rawValue)
  }

  /// MEM_UNSHARE. - Throws: `hypercallFailed`.
  @inlinable
  package func memUnshare(_ granule: PhysicalAddress) throws(ShareError) {
    let x0 = x0(of: .memUnshare, at: granule.rawValue)
    try check(HypercallAnswer(zeroOrError: x0), of: .memUnshare, at: granule.rawValue)
  }

  /// MMIO_GUARD_ENROLL. - Throws: `mmioGuardUnsupported` for -1 and -2, `hypercallFailed`.
  @inlinable
  package func mmioGuardEnroll() throws(ShareError) {
    let answer = HypercallAnswer(zeroOrError: x0(of: .mmioGuardEnroll))
    if answer == .failure(HypercallAnswer.notSupported)
      || answer == .failure(HypercallAnswer.notRequired)
    {
      throw .mmioGuardUnsupported
    }
    try check(answer, of: .mmioGuardEnroll)
  }

  /// MMIO_GUARD_INFO, in bytes. - Throws: `hypercallFailed`, `mmioGranuleIsMisaligned`.
  @inlinable
  package func mmioGuardInfo() throws(ShareError) -> UInt64 {
    let bytes = try answer(positiveOrErrorOf: .mmioGuardInfo)
    guard bytes != 0, bytes & 0xFFF == 0 else { throw .mmioGranuleIsMisaligned(bytes) }
    return bytes
  }

  /// MMIO_GUARD_MAP, in 64 bits. - Throws: `hypercallFailed`.
  @inlinable
  package func mmioGuardMap(_ granule: PhysicalAddress) throws(ShareError) {
    let x0 = x0(of: .mmioGuardMap, at: granule.rawValue)
    try check(HypercallAnswer(zeroOrError: x0), of: .mmioGuardMap, at: granule.rawValue)
  }

  /// MMIO_GUARD_UNMAP, in 64 bits. - Throws: `hypercallFailed`.
  @inlinable
  package func mmioGuardUnmap(_ granule: PhysicalAddress) throws(ShareError) {
    let x0 = x0(of: .mmioGuardUnmap, at: granule.rawValue)
    try check(HypercallAnswer(zeroOrError: x0), of: .mmioGuardUnmap, at: granule.rawValue)
  }

  @inlinable
  package func x0(of function: HypercallFunction, at address: UInt64 = 0) -> UInt64 {
    call(HypercallRegisters(calling: function, at: address)).x0
  }

  /// Turns a failure into the error that carries it.
  @inlinable
  package func check(
    _ answer: HypercallAnswer, of function: HypercallFunction, at address: UInt64 = 0
  ) throws(ShareError) {
    if case .failure(let value) = answer {
      throw .hypercallFailed(function: function.rawValue, address: address, answer: value)
    }
  }

  @inlinable
  package func answer(
    positiveOrErrorOf function: HypercallFunction
  ) throws(ShareError) -> UInt64 {
    switch HypercallAnswer(positiveOrError: x0(of: function)) {
    case .success(let value): return value
    case .failure(let value):
      throw .hypercallFailed(function: function.rawValue, address: 0, answer: value)
    }
  }
}
