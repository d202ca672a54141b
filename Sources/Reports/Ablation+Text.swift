import ProgramText

extension Ablation {
  /// The explanation for a reader.
  package var lines: [String] {
    var lines = table("Without one command:", commands)
    lines += table("Without the fault of one command:", faults)
    lines += table("With one entry of the machine as it usually is:", machine)
    if !holds, !commands.isEmpty { lines += ["", conclusion] }
    return lines
  }

  /// Whether something could be left out.
  private var conclusion: String {
    let parts = needless.map { "\"\($0.text)\"" }
    guard !parts.isEmpty else {
      return
        "Nothing can be left out alone. \"sharecheck shrink --prove\" of this file, with the same"
        + " --exhibit and --backend, tells whether fewer commands can fail so."
    }
    return "It is not minimal: it fails in the same way without " + parts.joined(separator: ", or ")
      + "."
  }

  private func table(_ title: String, _ parts: [Part]) -> [String] {
    guard !parts.isEmpty else { return [] }
    let width = min(parts.map(\.text.count).max() ?? 0, 48)
    return ["", title]
      + parts.map { part in
        "  \(part.text.padded(to: width))  \(sentence(part.effect))"
      }
  }

  private func sentence(_ effect: Effect) -> String {
    switch effect {
    case .cannotRun: "it cannot run"
    case .holds: "it holds"
    case .failsOtherwise(let what): "it violates \(what)\(holds ? "" : " instead")"
    case .same(let difference):
      (holds ? "it holds as well" : "it fails in the same way")
        + (difference.map { ", but first of all \($0)" } ?? ", and nothing else changes")
    }
  }
}
