import Foundation
import PropertyTesting
import Testing

@testable import SharingModel

/// That the table of commands is complete, and that a row's two directions agree.
@Suite struct CommandFormTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/SharingModel/Programs/Commands").path()

  @Test("Every kind of command has a row, in its order, and a file of its own")
  func complete() throws {
    #expect(CommandForm.all.map(\.kind) == Command.Kind.allCases)
    #expect(Set(CommandForm.all.map(\.word)).count == CommandForm.all.count)
    #expect(CommandForm.all.allSatisfy { $0.sentence.hasSuffix(".") })
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
      .filter { !$0.hasPrefix("CommandForm") }
      .map { $0.replacingOccurrences(of: ".swift", with: "").lowercased() }
    let words = CommandForm.all.map { $0.word.replacingOccurrences(of: "-", with: "") }
    #expect(files.sorted() == words.sorted())
  }

  @Test("A command is made of its arguments again, and each argument is one that its form has")
  func roundTrip() throws {
    var seen: Set<Command.Kind> = []
    for seed in 0..<200 as Range<UInt64> {
      for step in Grammar().program(seed: seed).steps {
        let form = step.command.kind.form
        let values = step.command.arguments
        #expect(form.make(values) == step.command)
        // Nothing but what the arguments say goes into the values.
        var stated = ArgumentValues()
        for argument in form.arguments {
          argument.set(try #require(argument.number(values)), &stated)
        }
        #expect(stated == values, "\(step.command)")
        seen.insert(form.kind)
      }
    }
    #expect(seen.count == CommandForm.all.count)
  }

  @Test("An argument's choices and numbers are each other's inverse")
  func choices() {
    for argument in CommandForm.all.flatMap(\.arguments) {
      let bound = argument.numbers.bound
      for choice in 0..<(bound == 0 ? 100 : bound) {
        var values = ArgumentValues()
        argument.set(argument.numbers.number(ofChoice: choice), &values)
        #expect(argument.choice(of: values) == choice, "\(argument.name)")
      }
    }
  }

  @Test("What the grammar chooses from a few is chosen before what can be any number")
  func order() {
    for form in CommandForm.all {
      let isAny = form.chosenArguments.map { $0.numbers.bound == 0 }
      #expect(isAny == isAny.sorted { !$0 && $1 }, "\(form.word)")
      #expect(form.chosenArguments.count == form.arguments.count)
    }
  }

  @Test("A command names one slot at most, and knows whether it makes or uses it")
  func slots() {
    for form in CommandForm.all {
      #expect(form.arguments.count { $0.slotUse != nil } <= 1, "\(form.word)")
      var values = ArgumentValues()
      values.slot = Slot(5)
      let command = form.make(values)
      #expect(command.slot == (form.slotUse == nil ? nil : Slot(5)))
      #expect(command.madeSlot == nil || command.madeSlot == command.slot)
    }
    let making = CommandForm.all.filter { $0.make(ArgumentValues()).madeSlot != nil }
    #expect(making.map(\.kind) == [.allocate, .dmaAlloc, .share, .heapAllocate])
  }
}
