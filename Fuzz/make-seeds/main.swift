// Writes inputs drawn at random for a harness, or prints its dictionary.
import FuzzHarnesses
import FuzzSupport
import Glibc

let arguments = CommandLine.arguments.dropFirst()
guard let harness = FuzzHarness.all.first(where: { $0.name == arguments.first }),
  arguments.dropFirst() == ["dictionary"] || arguments.count == 3
else {
  let names = FuzzHarness.all.map(\.name).joined(separator: "|")
  complain("usage: make-seeds \(names) DIRECTORY COUNT\n       make-seeds HARNESS dictionary")
  exit(ExitCode.wrongUsage)
}
guard arguments.count == 3 else {
  print("# \(harness.name): made of its grammar by Fuzz/seed-corpus")
  for word in harness.words { print(quoted(word)) }
  exit(ExitCode.holds)
}
let directory = arguments[arguments.startIndex + 1]
guard let count = UInt64(arguments[arguments.startIndex + 2]) else {
  complain("make-seeds: \(arguments[arguments.startIndex + 2]) is no number of inputs")
  exit(ExitCode.wrongUsage)
}
for seed in 0..<count {
  let bytes = harness.input(seed: seed)
  guard let file = fopen("\(directory)/\(seed)", "wb"),
    fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0
  else {
    complain("\(directory)/\(seed): \(String(cString: strerror(errno)))")
    exit(ExitCode.cannotWrite)
  }
}

/// A word as libFuzzer's dictionaries have it.
func quoted(_ word: [UInt8]) -> String {
  let escaped = word.map { byte in
    (0x20..<0x7f).contains(byte) && byte != 0x22 && byte != 0x5c
      ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
  return "\"" + escaped.joined() + "\""
}
