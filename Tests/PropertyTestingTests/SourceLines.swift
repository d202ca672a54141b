import Foundation

/// The lines of a file beside this one that stand between two marked lines.
func lines(of file: String, between first: String, and last: String) throws -> [String] {
  let folder = URL(filePath: #filePath).deletingLastPathComponent()
  let all = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let rest = all.drop { $0.drop { $0 == " " } != first[...] }.dropFirst()
  return Array(rest.prefix { $0.drop { $0 == " " } != last[...] })
}
