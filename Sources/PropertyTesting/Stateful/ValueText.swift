/// A call as text: `name(x, y)`, or `a = name(x, y)` where it fills slot `a`.
func callText(_ name: String, _ arguments: [Any]) -> String {
  let created = arguments.compactMap { ($0 as? Slot).flatMap { $0.isDefined ? $0 : nil } }
  let others = arguments.filter { ($0 as? Slot)?.isDefined != true }
  let head = created.isEmpty ? "" : created.map(\.description).joined(separator: ", ") + " = "
  return head + name + "(" + others.map(valueText).joined(separator: ", ") + ")"
}

/// What a system answered, as text; `nil` if there is nothing to tell.
func answerText(_ answer: Any) -> String? {
  answer is Void ? nil : valueText(answer)
}

/// A value as text on one line, without the marks that separate the parts of a transcript.
func valueText(_ value: Any) -> String {
  var text = ""
  for scalar in plainText(value).unicodeScalars {
    switch scalar {
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "→", "«", "»": text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}

/// Strings in quotes; optional values as what they hold.
private func plainText(_ value: Any) -> String {
  if let optional = value as? any Unwrappable { return optional.unwrapped.map(plainText) ?? "nil" }
  if value is String || value is Character { return String(reflecting: value) }
  return "\(value)"
}

private protocol Unwrappable {
  var unwrapped: Any? { get }
}

extension Optional: Unwrappable {
  fileprivate var unwrapped: Any? { self }
}
