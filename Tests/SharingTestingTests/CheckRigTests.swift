import SharingHarness
import SharingTesting
import SimulatedHypervisors
import Synchronization
import Testing

/// Runs a body that should record issues, and answers their texts.
private func issues(_ body: () -> Void) -> [(text: String, line: Int?)] {
  let seen = Mutex<[(text: String, line: Int?)]>([])
  withKnownIssue {
    body()
  } matching: { issue in
    let text = issue.comments.map(\.rawValue).joined(separator: "\n")
    seen.withLock { $0.append((text, issue.sourceLocation?.line)) }
    return true
  }
  return seen.withLock { $0 }
}

@Suite("Rigs in Swift Testing")
struct CheckRigTests {
  private static let empty = Rig("empty") { try SharingAdapter($0) }
  private static let nowhere = Rig("nowhere") { _ in nil as SharingAdapter? }

  private static let good = """
    machine granule=4096
    allocate a 64 align 64
    free a
    end
    """

  @Test("What holds records nothing")
  func holds() {
    check(.core, programs: 5)
    check(.core, program: Self.good)
  }

  @Test("A finding is one issue at the line of the check, with the smallest program")
  func finding() throws {
    let line = #line + 1
    let seen = issues { check(Self.empty, on: [.pkvm], programs: 20, seed: 3) }
    let (text, place) = try #require(seen.first)
    #expect(seen.count == 1)
    #expect(place == line)
    #expect(text.hasPrefix("violated: calls-return, on pkvm\n"))
    #expect(text.contains("the call halted: initialise is not implemented"))
    #expect(text.contains("Shrunk to 1 command by running"))
    #expect(text.contains("PROPERTY_TESTING_SEED=3 PROPERTY_TESTING_PROGRAMS=1 swift test"))
    #expect(text.contains("swift test --filter finding"))
  }

  @Test("As many ways to fail are told as are asked for")
  func findings() {
    let seen = issues { check(Self.empty, on: [.pkvm], programs: 40, findings: 3) }
    #expect(seen.count > 1)
    #expect(Set(seen.map(\.text)).count == seen.count)
  }

  @Test("Where nothing was checked, that is an issue")
  func nothing() {
    let seen = issues {
      check(.core, programs: 0)
      check(.core, on: [])
      check(Self.nowhere, on: [.kvm], programs: 3)
      check(Self.nowhere, program: Self.good)
    }
    #expect(
      seen.map(\.text) == [
        "nothing was checked: 0 programs on 7 backends",
        "nothing was checked: 200 programs on 0 backends",
        "nothing was checked: nowhere runs on none of the machines",
        "nothing was checked: nowhere does not run on the machine",
      ])
  }

  @Test("How many machines were turned down is told")
  func turnedDown() throws {
    let rig = Rig("picky") { machine in
      machine.backend == .kvm ? try SharingAdapter(machine) : nil
    }
    let seen = issues { check(rig, on: [.pkvm, .kvm], programs: 1) }
    #expect(seen.first?.text.hasSuffix("\npicky turned down the machines of 1 run") == true)
  }

  @Test("A program that does not hold is an issue for each backend")
  func replay() throws {
    let seen = issues { check(Self.empty, program: Self.good, on: [.pkvm, .gunyah]) }
    #expect(seen.map { $0.text.contains("violated: calls-return, on pkvm") } == [true, false])
    #expect(seen.map { $0.text.contains("violated: calls-return, on gunyah") } == [false, true])
    #expect(seen.allSatisfy { $0.text.contains("The program has 2 commands:") })
  }

  @Test("A text that is not a program is an issue")
  func unreadable() {
    let seen = issues { check(.core, program: "allocate") }
    #expect(seen.count == 1)
    #expect(seen.first?.text.hasPrefix("the program cannot be read: line 1: ") == true)
  }

  @Test("A system that fails once and holds then is an issue")
  func flaky() {
    let built = Mutex(0)
    let rig = Rig(id: "flaky", shown: Rig.core.shown.union(.supervision)) { machine in
      let isFirst = built.withLock { built in
        built += 1
        return built == 1
      }
      return isFirst ? try SharingAdapter(machine) : try CoreSystem(machine)
    }
    let seen = issues { check(rig, on: [.pkvm], programs: 1) }
    #expect(seen.count == 1)
    #expect(seen.first?.text.hasPrefix("calls-return: ") == true)
    #expect(seen.first?.text.hasSuffix("flaky does not always answer alike.") == true)
  }
}
