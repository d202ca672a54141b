// swift-tools-version: 6.2
import PackageDescription

/// Release builds of the checks leave out the run-time check for overlapping accesses, which costs a
/// quarter of their speed; debug builds, and so `swift test`, have it. Never in the core.
let uncheckedExclusivity: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

let package = Package(
  name: "sharecheck",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "MemorySharing", targets: ["MemorySharing"]),
    .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
    .executable(name: "sharecheck", targets: ["sharecheck"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // The core: no dependencies, no Foundation, Embedded Swift clean.
    .target(name: "MemorySharing"),
    // The generic engine: knows no memory, imports nothing.
    .target(name: "PropertyTesting"),

    .target(
      name: "SimulatedHypervisors", dependencies: ["MemorySharing"],
      swiftSettings: uncheckedExclusivity),
    .target(
      name: "SharingModel",
      dependencies: ["MemorySharing", "PropertyTesting", "SimulatedHypervisors"],
      swiftSettings: uncheckedExclusivity),
    .target(
      name: "SharingHarness",
      dependencies: ["MemorySharing", "PropertyTesting", "SimulatedHypervisors", "SharingModel"],
      swiftSettings: uncheckedExclusivity),
    .target(
      name: "BugMuseum",
      dependencies: ["MemorySharing", "SimulatedHypervisors", "SharingModel", "SharingHarness"]),
    // The command line; the only target with Foundation.
    .executableTarget(
      name: "sharecheck",
      dependencies: [
        "BugMuseum", "PropertyTesting", "SharingHarness", "SharingModel", "SimulatedHypervisors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "MemorySharingTests", dependencies: ["MemorySharing"]),
    .testTarget(name: "PropertyTestingTests", dependencies: ["PropertyTesting"]),
    .testTarget(name: "SimulatedHypervisorsTests", dependencies: ["SimulatedHypervisors"]),
    .testTarget(name: "SharingModelTests", dependencies: ["SharingModel"]),
    .testTarget(name: "SharingHarnessTests", dependencies: ["SharingHarness"]),
    .testTarget(name: "BugMuseumTests", dependencies: ["BugMuseum"]),
    .testTarget(name: "CommandLineTests", dependencies: ["SharingHarness", "SharingModel"]),
  ],
  swiftLanguageModes: [.v6]
)
