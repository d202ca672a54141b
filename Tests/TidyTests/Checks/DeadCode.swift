/// Nothing in `Sources` is there for nobody.
///
/// A file is dead when no name that it declares stands in another file of the product. A type is
/// dead when its name stands nowhere but in its own declaration, its extensions and the tests; a
/// member when its name stands nowhere in the product but where it is declared. Names are compared,
/// not meanings, so what shares its name with something alive is never found.
struct DeadCode {
  /// Types and members that only tests or users outside need, and why they stay.
  static let needed: [String: String] = [:]

  /// Modules whose public names are an interface for packages outside: a test stands for a user.
  static let products: Set = [
    "MemorySharing", "PropertyTesting", "PropertyTestingAdaptor", "SharingHarness",
    "SharingTesting",
  ]

  /// Members that a framework calls by name.
  static let hooks: Set = ["run", "validate", "callAsFunction"]

  static func complaints(_ checkout: Checkout, needed: [String: String] = needed) -> [Complaint] {
    let uses = Uses(checkout)
    var unused = needed
    var complaints: [Complaint] = []
    for (index, file) in uses.files.enumerated() where file.path.hasPrefix("Sources/") {
      guard !file.declarations.isEntryPoint, !file.path.hasSuffix("/main.swift") else { continue }
      if isDead(index, uses) {
        complaints.append(Complaint(file.path, "nothing in it is used by another file"))
      }
      for declaration in file.declarations.all {
        let isDead =
          switch declaration.kind {
          case .type: isDead(type: declaration, of: index, uses, checkout)
          case .member: isDead(member: declaration, of: index, uses)
          case .alias, .extension, .associatedType: false
          }
        guard isDead, unused.removeValue(forKey: declaration.qualifiedName) == nil else { continue }
        let users = uses.tested.contains(declaration.name) ? "by tests only" : "nowhere"
        complaints.append(
          Complaint(file.path, declaration.line, "\(declaration.qualifiedName) is used \(users)"))
      }
    }
    for (name, reason) in unused.sorted(by: { $0.key < $1.key }) {
      complaints.append(Complaint("Sources", "\(name) needs no exception any more (\(reason))"))
    }
    return complaints
  }

  /// Whether no name of a file stands in another one.
  private static func isDead(_ file: Int, _ uses: Uses) -> Bool {
    let names = uses.files[file].declarations.all.filter {
      ($0.kind == .type || $0.kind == .member || $0.kind == .alias)
        && !$0.isOverride && !$0.conforms && !$0.isRequirement
    }
    return !names.isEmpty
      && !names.contains {
        uses.isHeld($0.name, outside: file) || isForUsers($0, of: file, uses)
      }
  }

  /// Whether a name is public in a product, and a test uses it as a user would.
  private static func isForUsers(
    _ declaration: Declarations.Declaration, of file: Int, _ uses: Uses
  ) -> Bool {
    let module = uses.files[file].path.split(separator: "/")[1]
    return products.contains(String(module)) && (declaration.isPublic || declaration.isCase)
      && uses.tested.contains(declaration.name)
  }

  /// Whether a type's name stands in the product in declarations and extensions of it only.
  private static func isDead(
    type: Declarations.Declaration, of file: Int, _ uses: Uses, _ checkout: Checkout
  ) -> Bool {
    if isForUsers(type, of: file, uses) { return false }
    for holder in uses.holders[type.name] ?? [] {
      let bodies = uses.files[holder].declarations.all.filter {
        $0.name == type.name && ($0.kind == .type || $0.kind == .extension)
      }
      if bodies.isEmpty { return false }
      let tokens = checkout.files[uses.files[holder].path]!.swift!.tokens
      var index = 0
      for token in tokens {
        if token.text == type.name, token.kind == .word,
          token.isInterpolated || !bodies.contains(where: { $0.body.contains(index) })
        {
          return false
        }
        if !token.isInterpolated { index += 1 }
      }
    }
    return true
  }

  /// Whether a member's name stands in the product only where something is declared by it.
  private static func isDead(
    member: Declarations.Declaration, of file: Int, _ uses: Uses
  ) -> Bool {
    guard !member.isOverride, !member.conforms, !member.isRequirement, !member.isFromOutside,
      !hooks.contains(member.name), !isForUsers(member, of: file, uses)
    else { return false }
    for holder in uses.holders[member.name] ?? [] {
      let declared = uses.files[holder].declarations.all.count { $0.name == member.name }
      if uses.files[holder].words[member.name]! > declared { return false }
    }
    return true
  }
}
