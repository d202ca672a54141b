// swift-tools-version: 6.2
import PackageDescription

/// Whether SwiftPM has checked this package out for another one, which then gets none of the flags
/// below: SwiftPM calls them unsafe, and refuses them in what is depended on by version wherever it
/// is older than 6.2.
let isDependency = ["/checkouts/", "/registry/downloads/"].contains {
  Context.packageDirectory.contains($0)
}

/// What every executable needs: in a build with `-sanitize=fuzzer` its link wants the entry points
/// of `FuzzSupport`, and the fuzzer's driver must be found by name. Without the sanitizer, nothing.
/// A shared library that is instrumented for libFuzzer finds in it what it calls, and so does one
/// that exits.
let found =
  ["LLVMFuzzerRunDriver", "LLVMFuzzerMutate", "exit", "_exit", "_Exit", "__sancov_lowest_stack"]
  + [
    "8bit_counters_init", "pcs_init", "trace_pc_guard", "trace_pc_guard_init", "trace_pc_indir",
    "trace_cmp1", "trace_cmp2", "trace_cmp4", "trace_cmp8", "trace_const_cmp1", "trace_const_cmp2",
    "trace_const_cmp4", "trace_const_cmp8", "trace_switch", "trace_div4", "trace_div8", "trace_gep",
  ].map { "__sanitizer_cov_\($0)" }
let fuzzable: [LinkerSetting] = [
  .unsafeFlags(
    found.flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] }, .when(platforms: [.linux]))
]

/// Release builds of the checks leave out the run-time check for overlapping accesses, which costs
/// a quarter of their speed; debug builds, and so `swift test`, have it. Never in the core.
let uncheckedExclusivity: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// With `SHARECHECK_FUZZ=1` the fuzzer sees all edges of the core, also where the harness
/// specialises it, and of the checks no more than which functions ran: they run twice as fast.
let isFuzzing = Context.environment["SHARECHECK_FUZZ"] == "1"
func sees(_ what: String) -> [SwiftSetting] {
  isFuzzing
    ? [
      .unsafeFlags([
        "-sanitize=fuzzer", "-sanitize-coverage=\(what),inline-8bit-counters,pc-table",
      ])
    ] : []
}

/// With `SHARECHECK_TESTABLE=1` tests can import what is internal in a release build, too: one
/// build then serves tools and tests.
let testable: [SwiftSetting] =
  Context.environment["SHARECHECK_TESTABLE"] == "1" && !isFuzzing
  ? [.unsafeFlags(["-enable-testing"], .when(configuration: .release))] : []

/// An executable below `Fuzz` that fuzzes with libFuzzer, or replays where there is none.
func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["FuzzHarnesses", "FuzzSupport"], path: "Fuzz/\(name)",
    linkerSettings: fuzzable)
}

let package = Package(
  name: "sharecheck",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "MemorySharing", targets: ["MemorySharing"]),
    .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
    .library(name: "PropertyTestingAdaptor", targets: ["PropertyTestingAdaptor"]),
    .library(
      name: "SharingHarness",
      targets: [
        "SharingHarness", "MemorySharing", "ProgramText", "SharingModel", "SimulatedHypervisors",
      ]),
    .library(name: "SharingTesting", targets: ["SharingTesting"]),
    .executable(name: "sharecheck", targets: ["sharecheck"]),
  ],
  traits: [
    // Who depends on a library says `traits: []`, and nothing else is fetched.
    .default(enabledTraits: ["CommandLine"]),
    .trait(name: "CommandLine", description: "The tools, which need swift-argument-parser."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // The core: no dependencies, no Foundation, Embedded Swift clean.
    .target(name: "MemorySharing", swiftSettings: sees("edge")),
    // The generic engine: knows no memory, imports nothing.
    .target(name: "PropertyTesting", swiftSettings: sees("func")),
    // The engine in tests of Swift Testing. Only tests import it: it would drag Testing into tools.
    .target(name: "PropertyTestingAdaptor", dependencies: ["PropertyTesting"]),

    // The core for firmware in C: a header, and what implements it.
    .target(name: "MemorySharingInterface"),
    .target(
      name: "MemorySharingLibrary", dependencies: ["MemorySharing", "MemorySharingInterface"]),

    // What a library in another language exports, in C's terms, and calls of it that may halt.
    .target(name: "SubjectInterface", cSettings: [.define("_GNU_SOURCE")]),

    .target(
      name: "SimulatedHypervisors", dependencies: ["MemorySharing"],
      swiftSettings: uncheckedExclusivity + sees("func")),
    .target(
      name: "SharingModel",
      dependencies: ["MemorySharing", "PropertyTesting", "SimulatedHypervisors"],
      swiftSettings: uncheckedExclusivity + sees("func")),
    // Programs as text, and back.
    .target(
      name: "ProgramText",
      dependencies: ["PropertyTesting", "SimulatedHypervisors", "SharingModel"],
      swiftSettings: uncheckedExclusivity + sees("func")),
    // A system beside the model, step by step: machine, rigs, lockstep, verdict.
    .target(
      name: "SharingHarness",
      dependencies: ["MemorySharing", "PropertyTesting", "SharingModel", "SimulatedHypervisors"],
      swiftSettings: uncheckedExclusivity + sees("edge")),
    // A subject that comes as a shared library, behind the same protocol as every other system.
    .target(
      name: "ForeignSubjects",
      dependencies: [
        "MemorySharing", "SharingHarness", "SharingModel", "SimulatedHypervisors",
        "SubjectInterface",
      ],
      resources: [
        "sharecheck_subject.h", "skeleton.c", "skeleton.rs", "ffi.rs", "skeleton.toml",
        "manifest.txt", "sharer.txt", "adapter.txt",
      ].map { .embedInCode("Skeletons/\($0)") },
      swiftSettings: uncheckedExclusivity + sees("func")),
    // What looks for programs that do not hold, and makes them small: one file an explorer.
    .target(
      name: "Exploration",
      dependencies: [
        "MemorySharing", "ProgramText", "PropertyTesting", "SharingHarness", "SharingModel",
        "SimulatedHypervisors",
      ], swiftSettings: uncheckedExclusivity + sees("func")),
    .target(
      name: "BugMuseum",
      dependencies: [
        "Exploration", "MemorySharing", "ProgramText", "SharingHarness", "SharingModel",
        "SimulatedHypervisors",
      ], swiftSettings: sees("func")),
    // Findings in words and pictures, and as JSON.
    .target(
      name: "Reports",
      dependencies: [
        "Exploration", "MemorySharing", "ProgramText", "SharingHarness", "SharingModel",
      ]),
    // Rigs in tests of Swift Testing.
    .target(
      name: "SharingTesting",
      dependencies: [
        "Exploration", "ProgramText", "PropertyTesting", "PropertyTestingAdaptor", "Reports",
        "SharingHarness", "SharingModel", "SimulatedHypervisors",
      ]),
    // The command line. Of the targets in Sources, it and the two that import Testing alone import
    // Foundation.
    .executableTarget(
      name: "sharecheck",
      dependencies: [
        "BugMuseum", "Exploration", "ForeignSubjects", "FuzzSupport", "ProgramText",
        "PropertyTesting", "Reports", "SharingHarness", "SharingModel", "SimulatedHypervisors",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["CommandLine"])),
      ], linkerSettings: fuzzable, plugins: ["VersionStamp"]),
    // Writes the commit that sharecheck is built of.
    .plugin(name: "VersionStamp", capability: .buildTool()),

    // libFuzzer's entry points, and replay where there is no libFuzzer; knows no memory.
    .target(
      name: "FuzzSupport", dependencies: ["PropertyTesting"],
      swiftSettings: uncheckedExclusivity + sees("func")),
    // What is fuzzed: each harness has a folder, and `FuzzHarness.all` lists them.
    .target(
      name: "FuzzHarnesses",
      dependencies: [
        "BugMuseum", "Exploration", "ForeignSubjects", "FuzzSupport", "MemorySharing",
        "ProgramText",
        "PropertyTesting", "SharingHarness", "SharingModel", "SimulatedHypervisors",
      ], swiftSettings: uncheckedExclusivity + sees("edge")),
    fuzzer("fuzz-lockstep"),
    fuzzer("fuzz-allocator"),
    fuzzer("fuzz-trace"),
    fuzzer("fuzz-differential"),
    fuzzer("fuzz-hypercalls"),
    fuzzer("fuzz-hal"),
    .executableTarget(
      name: "make-seeds", dependencies: ["FuzzHarnesses", "FuzzSupport"],
      path: "Fuzz/make-seeds", linkerSettings: fuzzable),

    // Traces of random programs, and of all of a small machine, for the certified oracle
    // (proofs/coq).
    .executableTarget(
      name: "proof-traces",
      dependencies: [
        "BugMuseum", "Exploration", "FuzzSupport", "MemorySharing", "PropertyTesting",
        "SharingHarness", "SharingModel", "SimulatedHypervisors",
      ], path: "proofs/traces", linkerSettings: fuzzable),

    // The judge of what runs under a real monitor (Tests/OnTarget): programs go in, outcomes come
    // back.
    .executableTarget(
      name: "on-target",
      dependencies: [
        "Exploration", "FuzzSupport", "MemorySharing", "ProgramText", "PropertyTesting",
        "SharingHarness", "SharingModel", "SimulatedHypervisors",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["CommandLine"])),
      ], path: "Tests/OnTarget/judge", linkerSettings: fuzzable),

    // How much a test plays, in debug and in release. Only tests import it.
    .target(name: "Thoroughness", path: "Tests/Thoroughness"),

    .testTarget(
      name: "OnTargetTests",
      dependencies: [
        "on-target", "MemorySharing", "SharingHarness", "SharingModel", "SimulatedHypervisors",
      ]),
    .testTarget(name: "MemorySharingTests", dependencies: ["MemorySharing"]),
    .testTarget(
      name: "PropertyTestingTests",
      dependencies: ["PropertyTesting", "Thoroughness"]),
    .testTarget(
      name: "PropertyTestingAdaptorTests",
      dependencies: ["PropertyTesting", "PropertyTestingAdaptor"]),
    .testTarget(
      name: "SimulatedHypervisorsTests", dependencies: ["MemorySharing", "SimulatedHypervisors"]),
    .testTarget(
      name: "SharingModelTests",
      dependencies: [
        "MemorySharing", "PropertyTesting", "SharingModel", "SimulatedHypervisors", "Thoroughness",
      ]),
    .testTarget(
      name: "ProgramTextTests",
      dependencies: [
        "MemorySharing", "ProgramText", "PropertyTesting", "SharingHarness", "SharingModel",
        "SimulatedHypervisors", "Thoroughness",
      ]),
    .testTarget(
      name: "ExplorationTests",
      dependencies: [
        "Exploration", "MemorySharing", "ProgramText", "PropertyTesting", "SharingHarness",
        "SharingModel", "SimulatedHypervisors", "Thoroughness",
      ]),
    .testTarget(
      name: "SharingHarnessTests",
      dependencies: [
        "Exploration", "MemorySharing", "ProgramText", "PropertyTesting", "Reports",
        "SharingHarness", "SharingModel", "SimulatedHypervisors", "Thoroughness",
      ]),
    .testTarget(
      name: "SharingTestingTests",
      dependencies: ["SharingHarness", "SharingTesting", "SimulatedHypervisors"]),
    .testTarget(
      name: "BugMuseumTests",
      dependencies: [
        "BugMuseum", "Exploration", "MemorySharing", "ProgramText", "PropertyTesting", "Reports",
        "SharingHarness", "SharingModel", "SimulatedHypervisors", "Thoroughness",
      ]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "sharecheck", "Exploration", "ProgramText", "PropertyTesting", "Reports", "SharingHarness",
        "SharingModel", "SimulatedHypervisors", "Thoroughness",
      ], exclude: ["Subjects"]),
    .testTarget(
      name: "FuzzSupportTests",
      dependencies: [
        "Exploration", "FuzzSupport", "ProgramText", "PropertyTesting", "SharingHarness",
        "SharingModel", "SimulatedHypervisors",
      ]),
    .testTarget(
      name: "FuzzHarnessesTests",
      dependencies: [
        "FuzzHarnesses", "FuzzSupport", "MemorySharing", "ProgramText", "PropertyTesting",
        "PropertyTestingAdaptor", "SharingModel",
      ]),
    // The house itself: arrows, names, columns, documents. It reads the checkout and builds alone.
    .testTarget(name: "TidyTests"),
  ],
  swiftLanguageModes: [.v6]
)
for target in package.targets where target.type != .plugin {
  target.swiftSettings = isDependency ? [] : (target.swiftSettings ?? []) + testable
  if isDependency { target.linkerSettings = [] }
}
