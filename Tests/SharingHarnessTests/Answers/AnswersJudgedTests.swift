import Foundation
import MemorySharing
import SharingHarness
import SharingModel
import SimulatedHypervisors
import Testing
import Thoroughness

/// Every number of every answer is judged: one at a time becomes another one, and somebody must
/// say no at that very call.
@Suite("Answers, wholly judged") struct AnswersJudgedTests {
  private typealias Free = (
    path: String, reason: String, isFree: @Sendable (Outcome) -> Bool
  )

  /// The numbers that nobody judges, each with the reason; and of which answers.
  private static let free: [Free] = ["w1", "w2", "w3"].map { word in
    (
      "failed.unknownHypervisor.\(word)", "free where there is no UID call, which w0 alone tells",
      { $0.fields.first?.value == 0xFFFF_FFFF }
    )
  }

  /// Who objected to another number, by the way to the number; "" where nobody did.
  private typealias Judges = [String: Set<String>]

  /// Changes each number of each answer, and expects an objection but where it is free.
  private static func see(
    _ program: Program, on backend: Backend, _ judges: inout Judges
  ) throws -> [Outcome] {
    let changer = AnswerChanger()
    let answers = try #require(changer.answers(to: program, on: backend))
    for answer in answers {
      let fields = answer.outcome.fields
      for (place, field) in fields.enumerated() {
        let isFree = free.contains { $0.path == field.path && $0.isFree(answer.outcome) }
        let others = answer.outcome.changed(at: place, of: fields)
        #expect(!others.isEmpty, "\(field.path): nobody changes it")
        for other in others {
          let changed = zip(other.fields, fields).map { $0 != $1 }
          #expect(changed == fields.indices.map { $0 == place }, "\(field.path): \(other)")
          let objections = changer.objections(
            to: other, insteadOf: answer, in: program, on: backend)
          #expect(
            objections.isEmpty == isFree,
            "\(field.path): \(answer.call) answered \(other) instead of \(answer.outcome)")
          judges[field.path, default: []].formUnion(isFree ? [""] : objections)
        }
      }
    }
    return answers.map(\.outcome)
  }

  @Test("Whoever changes a number of an answer is seen, and the specification lists by whom")
  func numbers() throws {
    var judges = Judges()
    var seen: [Outcome] = []
    for one in AnswerPrograms.all {
      seen += try Self.see(
        try one.program(), on: try #require(Backend.named(one.backend)), &judges)
    }
    // Every answer that there is occurs; to skip a call is none, and busy is a call in the middle
    // of another; and the core knows no error without a name, and never halts.
    #expect(
      Set(seen.map(\.kind))
        == Set(Outcome.Kind.allCases).subtracting([.skipped, .refused, .halted]))
    let errors = seen.compactMap { if case .failed(let error) = $0 { error.number } else { nil } }
    #expect(
      Set(errors) == Set(1...ErrorForm.all.count).subtracting([ShareError.busy.number]))
    for free in Self.free { #expect(judges[free.path]?.contains("") == true, "\(free.path)") }
    let table = Self.table(judges)
    #expect(try Self.specified() == table, "it must be:\n\(table.joined(separator: "\n"))")
  }

  /// A row for all numbers of one kind of answer that the same invariants judge.
  private static func table(_ judges: Judges) -> [String] {
    var rows: [String: [String]] = [:]
    for (path, ids) in judges {
      let kind = path.prefix { $0 != "." }
      let names = Invariant.all.map(\.id).filter(ids.contains).map { "`\($0)`" }
      let reasons = free.filter { ids.contains("") && $0.path == path }.map(\.reason)
      rows["`\(kind)` | \((names + reasons).joined(separator: ", "))", default: []]
        .append("`\(path.dropFirst(kind.count + 1))`")
    }
    return rows.map { key, paths in
      let parts = key.components(separatedBy: " | ")
      return "| \(parts[0]) | \(paths.sorted().joined(separator: ", ")) | \(parts[1]) |"
    }.sorted()
  }

  private static func specified() throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/SPEC.md")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
      .drop { $0 != "### Who judges an answer" }.dropFirst().prefix { !$0.hasPrefix("#") }
      .filter { $0.hasPrefix("| `") }
  }

  @Test("Whoever changes a number of an answer is seen in random programs, too")
  func random() throws {
    var judges = Judges()
    let grammar = Grammar(maximumLength: 8)
    for seed in 0..<inRelease(60, debug: 30) as Range<UInt64> {
      let backend = Backend.all[Int(seed) % Backend.all.count]
      _ = try Self.see(grammar.program(seed: seed * 64), on: backend, &judges)
    }
    #expect(judges.count > inRelease(20, debug: 10))
  }

  @Test("Whoever answers in another way is seen", arguments: AnswerPrograms.all)
  func cases(_ one: AnswerPrograms.Case) throws {
    let backend = try #require(Backend.named(one.backend))
    let program = try one.program()
    let changer = AnswerChanger()
    for answer in try #require(changer.answers(to: program, on: backend)) {
      for other in answer.others {
        let objections = changer.objections(
          to: other, insteadOf: answer, in: program, on: backend)
        #expect(
          !objections.isEmpty, "\(answer.call) answered \(other) instead of \(answer.outcome)")
      }
    }
  }
}
