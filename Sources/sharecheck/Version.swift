/// What was built: the version, and the commit that the build found itself at.
///
/// The plugin `VersionStamp` writes `commit`: seven digits, `, modified` after them where sources
/// differ from that commit, `unknown` where there is no git.
enum Version {
  static let number = "2.0"

  /// For example `2.0 (15e9c38, modified)`.
  static var text: String { "\(number) (\(commit))" }
}
