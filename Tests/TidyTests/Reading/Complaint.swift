/// One thing that is not as the house wants it.
struct Complaint: Hashable, Sendable, CustomStringConvertible {
  let path: String
  /// From 1; 0 where it is about the whole file.
  let line: Int
  let text: String

  init(_ path: String, _ text: String) { self.init(path, 0, text) }

  init(_ path: String, _ line: Int, _ text: String) {
    self.path = path
    self.line = line
    self.text = text
  }

  var description: String { line == 0 ? "\(path): \(text)" : "\(path):\(line): \(text)" }
}
