// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever depends on the core gets no benchmark.
let package = Package(
  name: "sharecheck-benchmarks",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "allocator", targets: ["AllocatorBenchmark"]),
    .executable(name: "shrinking-challenge", targets: ["ShrinkingChallenge"]),
  ],
  dependencies: [
    .package(name: "sharecheck", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .executableTarget(
      name: "AllocatorBenchmark",
      dependencies: [.product(name: "MemorySharing", package: "sharecheck")]),
    // The rows are those of the engine's tests, by symbolic links.
    .executableTarget(
      name: "ShrinkingChallenge",
      dependencies: [
        .product(name: "PropertyTesting", package: "sharecheck"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
