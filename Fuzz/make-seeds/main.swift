// Writes a seed corpus: few programs of the property run that reach much, as bytes.
import FuzzSupport
import Glibc
import SharingHarness

let arguments = CommandLine.arguments
guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
  complain("usage: make-seeds DIRECTORY COUNT   (Fuzz/seed-corpus names the files)")
  exit(ExitCode.wrongUsage)
}
let chosen = SeedChoice(candidates: 6000).choose(count)
for (index, bytes) in chosen.enumerated() {
  guard let file = fopen("\(arguments[1])/\(index)", "wb") else {
    complain("\(arguments[1]): \(String(cString: strerror(errno)))")
    exit(ExitCode.badInput)
  }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}
print("\(chosen.count) seeds")
