import Glibc

// Reading files with what the C library has: harnesses start a thousand times a day, and Foundation
// would be most of them.

/// The inputs that a path stands for.
package enum Inputs {
  /// The file itself, or the files of a directory by name, without hidden ones and README.md.
  case files([String])
  case unreadable(String)
}

/// A file's bytes.
package enum Contents {
  case bytes([UInt8])
  case unreadable(String)
}

package func inputs(at path: String) -> Inputs {
  guard let directory = opendir(path) else {
    return errno == ENOTDIR ? .files([path]) : .unreadable(lastError())
  }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix("."), name != "README.md" { names.append(name) }
  }
  let prefix = path.hasSuffix("/") ? path : path + "/"
  return .files(names.sorted().map { prefix + $0 })
}

package func contents(of path: String) -> Contents {
  guard let file = fopen(path, "rb") else { return .unreadable(lastError()) }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
    bytes += chunk[..<count]
  }
  return ferror(file) == 0 ? .bytes(bytes) : .unreadable(lastError())
}

private func lastError() -> String { String(cString: strerror(errno)) }
