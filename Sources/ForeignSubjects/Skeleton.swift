/// The files of a subject that builds, and halts in every call.
public struct Skeleton {
  public enum Language: String, CaseIterable, Sendable { case c, rust, swift }

  /// Paths below a folder of its own, each with what the file holds.
  public let files: [(path: String, text: String)]
  /// The commands that build it in that folder, and check it.
  public let steps: [String]

  /// - Parameter name: letters, digits and `_`, the first no digit.
  public init(_ name: String, in language: Language) {
    func named(_ bytes: [UInt8]) -> String {
      String(decoding: bytes, as: UTF8.self).split(
        separator: "NAME", omittingEmptySubsequences: false
      ).joined(separator: name)
    }
    switch language {
    case .c:
      files = [
        ("\(name).c", named(PackageResources.skeleton_c)),
        (
          "sharecheck_subject.h",
          String(decoding: PackageResources.sharecheck_subject_h, as: UTF8.self)
        ),
      ]
      steps = [
        "cc -shared -fPIC -O2 \(name).c -o lib\(name).so",
        "sharecheck run --subject lib\(name).so",
      ]
    case .rust:
      files = [
        ("Cargo.toml", named(PackageResources.skeleton_toml)),
        ("src/lib.rs", named(PackageResources.skeleton_rs)),
        ("src/ffi.rs", String(decoding: PackageResources.ffi_rs, as: UTF8.self)),
        (
          "sharecheck_subject.h",
          String(decoding: PackageResources.sharecheck_subject_h, as: UTF8.self)
        ),
      ]
      steps = [
        "cargo build --release", "sharecheck run --subject target/release/lib\(name).so",
      ]
    case .swift:
      files = [
        ("Package.swift", named(PackageResources.manifest_txt)),
        ("Sources/\(name)/Sharer.swift", named(PackageResources.sharer_txt)),
        ("Tests/\(name)Tests/Adapter.swift", named(PackageResources.adapter_txt)),
      ]
      steps = ["SHARECHECK_URL=file:///path/to/sharecheck swift test"]
    }
  }
}
