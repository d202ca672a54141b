// swift-tools-version: 6.2
import PackageDescription

/// The address of sharecheck's repository, or of your clone of it.
let sharecheck = Context.environment["SHARECHECK_URL"] ?? "file:///path/to/sharecheck"

let package = Package(
  name: "plain-sharer",
  platforms: [.macOS(.v26)],
  products: [.library(name: "PlainSharer", targets: ["PlainSharer"])],
  dependencies: [
    // Without traits, nothing is fetched that only sharecheck's command line needs.
    .package(url: sharecheck, from: "2.0.0", traits: [])
  ],
  targets: [
    .target(name: "PlainSharer"),
    .testTarget(
      name: "PlainSharerTests",
      dependencies: [
        "PlainSharer",
        .product(name: "SharingHarness", package: "sharecheck"),
        .product(name: "SharingTesting", package: "sharecheck"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
