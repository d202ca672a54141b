import Glibc

// The symbols between libFuzzer and Swift. SwiftPM gives every executable a main of its own,
// so libFuzzer's main never runs: its driver is called, by name, since without the sanitizer there
// is none. The linker keeps the name visible for executables that are linked with
// --export-dynamic-symbol=LLVMFuzzerRunDriver. Where Swift's runtime is linked statically it does
// not: what comes from libraries is then hidden, and sharecheck_LLVMFuzzerRunDriver in an object
// file has to call it, as in .clusterfuzzlite/build.sh.

typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
typealias RunDriver =
  @convention(c) (
    UnsafeMutablePointer<CInt>, UnsafeMutablePointer<UnsafeMutablePointer<CArgument?>?>,
    TestOneInput
  ) -> CInt
typealias Mutate = @convention(c) (UnsafeMutablePointer<UInt8>?, Int, Int) -> Int
typealias CArgument = UnsafeMutablePointer<CChar>

/// What is being fuzzed, and how its inputs are changed: C functions capture nothing, so these have
/// to be globals.
nonisolated(unsafe) private var current: FuzzHarness?
nonisolated(unsafe) private var structured: StructuredMutator?
nonisolated(unsafe) private var mutateBytes: Mutate?

func libFuzzerDriver() -> RunDriver? {
  fuzzerSymbol("LLVMFuzzerRunDriver").map { unsafeBitCast($0, to: RunDriver.self) }
}

private func fuzzerSymbol(_ name: String) -> UnsafeMutableRawPointer? {
  dlsym(nil, name) ?? dlsym(nil, "sharecheck_" + name)
}

func fuzz(_ harness: FuzzHarness, _ run: RunDriver) -> Int32 {
  current = harness
  if environmentChoice("SHARECHECK_MUTATOR", among: ["structured", "bytes"]) != "bytes" {
    structured = harness.layout.map(StructuredMutator.init)
  }
  mutateBytes = fuzzerSymbol("LLVMFuzzerMutate").map { unsafeBitCast($0, to: Mutate.self) }
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
  if let current { complain(current.summary) }
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

/// Changes one input: one time in four as libFuzzer itself would, which knows the dictionary,
/// otherwise in whole commands.
@c(LLVMFuzzerCustomMutator)
public func LLVMFuzzerCustomMutator(
  _ data: UnsafeMutablePointer<UInt8>?, _ size: Int, _ maximum: Int, _ seed: UInt32
) -> Int {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  guard let structured, let data, seed % 4 != 0 else {
    return mutateBytes?(data, size, maximum) ?? size
  }
  return data.replace(
    with: structured.mutate(input, with: input, maximum: maximum, seed: seed), maximum)
}

/// Makes one input of two; 0 where the bytes have no structure, and libFuzzer's own crossover,
/// which is among the changes of one input, has to do.
@c(LLVMFuzzerCustomCrossOver)
public func LLVMFuzzerCustomCrossOver(
  _ first: UnsafePointer<UInt8>?, _ firstSize: Int, _ second: UnsafePointer<UInt8>?,
  _ secondSize: Int, _ output: UnsafeMutablePointer<UInt8>?, _ maximum: Int, _ seed: UInt32
) -> Int {
  guard let structured, let output else { return 0 }
  let bytes = structured.mutate(
    UnsafeRawBufferPointer(start: first, count: firstSize),
    with: UnsafeRawBufferPointer(start: second, count: secondSize), maximum: maximum, seed: seed)
  return output.replace(with: bytes, maximum)
}

extension UnsafeMutablePointer<UInt8> {
  /// Writes at most as many bytes as have room, and says how many.
  fileprivate func replace(with bytes: [UInt8], _ maximum: Int) -> Int {
    let count = min(bytes.count, maximum)
    update(from: bytes, count: count)
    return count
  }
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
