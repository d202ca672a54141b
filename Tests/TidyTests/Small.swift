import Testing

/// Records all complaints as one issue, a line each.
func expectNone(
  _ complaints: [Complaint], sourceLocation: SourceLocation = #_sourceLocation
) {
  guard !complaints.isEmpty else { return }
  let lines = complaints.map(\.description).joined(separator: "\n")
  Issue.record("complaints: \(complaints.count)\n\(lines)", sourceLocation: sourceLocation)
}

/// A small checkout that is in order: tests plant a fault in it.
enum Small {
  static let checkout = Checkout([
    "Package.swift": manifest, "ARCHITECTURE.md": architecture, "README.md": readme,
    "docs/SPEC.md": specification,
    "Sources/Core/Block.swift": "/// A block (spec §3.1).\npublic struct Block {}\n",
    "Sources/Model/Rules/Rule.swift": """
    import Core

    struct Rule { let block: Block }

    """,
    "Sources/Model/Judging/Judge.swift": """
    import Core

    public struct Judge { let rules: [Rule] }
    private let first = Block()
    func run() { print(first) }

    """,
    "Sources/tool/Main.swift": """
    import Model

    @main struct Tool {
      func run(_ judge: Judge) { print(judge.rules[0].block) }
    }

    """,
    "Tests/ModelTests/ModelTests.swift": "import Model\n\nlet judge = Judge()\n",
  ])

  static let manifest = #"""
    // swift-tools-version: 6.2
    import PackageDescription

    let settings: [SwiftSetting] = []
    let checks: [Target.Dependency] = ["Core", "Model"]

    func fuzzer(_ name: String, with harnesses: [Target.Dependency]) -> Target {
      .executableTarget(name: name, dependencies: harnesses, path: "Fuzz/\(name)")
    }

    let package = Package(
      name: "small",
      products: [.library(name: "Core", targets: ["Core"])],
      targets: [
        .target(name: "Core", swiftSettings: settings + []),
        .target(name: "Model", dependencies: ["Core"]),
        .executableTarget(name: "tool", dependencies: ["Model"]),
        .plugin(name: "Stamp", capability: .buildTool()),
        .testTarget(name: "ModelTests", dependencies: [.target(name: "Model")]),
      ]
    )

    """#

  static let architecture = """
    # Architecture

    ## Layers

    ```
    0  Core
    1  Model        ──► 0   rules
    2  tool, Tests/
    ```

    """

  static let readme = """
    # Small

    See [the layers](ARCHITECTURE.md#layers) and [blocks](docs/SPEC.md#31-block-size).

    | file | what |
    |---|---|
    | `Sources/Core/Block.swift` | the block |

    """

  static let specification = """
    # Specification

    ## §3 The allocator

    ### §3.1 Block size

    ### §3.2 Placement

    ### §3.3 Adding

    """
}
