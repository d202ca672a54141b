/// No two types of `Sources` have one name, wherever they are nested.
struct DuplicateNames {
  /// Names that several types may have, and why. An entry whose name is unique is a complaint.
  static let allowed: [String: String] = [
    "Block": "nested, of a naive allocator and of an observation",
    "Command": "to be renamed",
    "Kind": "nested, always written after its owner",
    "Outcome": "to be renamed",
    "Phase": "to be renamed",
    "Record": "to be renamed",
    "Result": "to be renamed",
    "Run": "nested, of memory's origins and of a state machine",
    "Slot": "to be renamed",
    "State": "nested, of a region and of a hypercall's model",
  ]

  static func complaints(_ checkout: Checkout, allowed: [String: String] = allowed) -> [Complaint] {
    var places: [String: [(path: String, line: Int, name: String)]] = [:]
    for file in checkout.swift(below: "Sources") {
      for type in Declarations(file.swift!).types {
        places[type.name, default: []].append((file.path, type.line, type.qualifiedName))
      }
    }
    var unused = allowed
    var complaints: [Complaint] = []
    for (name, all) in places.sorted(by: { $0.key < $1.key }) where all.count > 1 {
      if unused.removeValue(forKey: name) != nil { continue }
      let others = all.dropFirst().map { "\($0.name) at \($0.path):\($0.line)" }
      complaints.append(
        Complaint(
          all[0].path, all[0].line,
          "\(all[0].name) shares its name with "
            + others.joined(separator: ", ")))
    }
    for (name, reason) in unused.sorted(by: { $0.key < $1.key }) {
      complaints.append(Complaint("Sources", "\(name) is unique, needs no exception (\(reason))"))
    }
    return complaints
  }
}
