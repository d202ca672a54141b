import Glibc

// The three symbols between libFuzzer and Swift. SwiftPM gives every executable a main of its own,
// so libFuzzer's main never runs: its driver is called, by name, since without the sanitizer there
// is none. The linker keeps the name visible for executables that are linked with
// --export-dynamic-symbol=LLVMFuzzerRunDriver.

typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
typealias RunDriver =
  @convention(c) (
    UnsafeMutablePointer<CInt>, UnsafeMutablePointer<UnsafeMutablePointer<CArgument?>?>,
    TestOneInput
  ) -> CInt
typealias CArgument = UnsafeMutablePointer<CChar>

/// What is being fuzzed: C functions capture nothing, so this has to be a global.
nonisolated(unsafe) private var current: FuzzHarness?

func libFuzzerDriver() -> RunDriver? {
  guard let symbol = dlsym(nil, "LLVMFuzzerRunDriver") else { return nil }
  return unsafeBitCast(symbol, to: RunDriver.self)
}

func fuzz(_ harness: FuzzHarness, _ run: RunDriver) -> Int32 {
  current = harness
  atexit { printSummary() }
  var arguments = CommandLine.arguments
  if !arguments.contains(where: { $0.hasPrefix("-max_len=") }) {
    arguments.insert("-max_len=\(harness.maximumLength)", at: 1)
  }
  // libFuzzer keeps both the vector and the strings for as long as it runs.
  let vector = UnsafeMutablePointer<CArgument?>.allocate(capacity: arguments.count + 1)
  for (index, argument) in arguments.enumerated() { vector[index] = strdup(argument) }
  vector[arguments.count] = nil
  var count = CInt(arguments.count)
  var pointer: UnsafeMutablePointer<CArgument?>? = vector
  return run(&count, &pointer, LLVMFuzzerTestOneInput)
}

private func printSummary() {
  guard let text = current?.summary(), !text.isEmpty else { return }
  complain(text)
}

/// Checks one input; -1 keeps it out of the corpus. A violation is printed and ends the process,
/// so that libFuzzer writes the input down.
@c(LLVMFuzzerTestOneInput)
public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let current else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: size)
  guard current.accepts(bytes) else { return -1 }
  guard let finding = current.check(bytes) else { return 0 }
  complain(finding)
  printSummary()
  abort()
}

/// Takes the signals back from Swift's runtime, whose backtracer would otherwise see the crash
/// first, and libFuzzer would write no artifact.
@c(LLVMFuzzerInitialize)
public func LLVMFuzzerInitialize(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] { signal(number, SIG_DFL) }
  return 0
}
