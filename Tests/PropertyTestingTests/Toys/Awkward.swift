import PropertyTesting

/// A machine whose arguments are of all kinds, also such that their text does not say all.
enum Awkward {
  struct Settings: Sendable {
    var capacity: Int
    var isStrict: Bool
  }

  static let machine = StateMachine(
    settings: zip(Generator<Int>.uniform(in: 1...4), Generator.bool()).map {
      Settings(capacity: $0.0, isStrict: $0.1)
    },
    model: { _ in [String]() }, system: { _ in 0 }
  ) { machine in
    let (files, users) = (SlotSpace(0, slots: 40), SlotSpace(1, slots: 3))
    machine.command(
      "open", files.defines, users.uses,
      run: { count, file, _ in
        count += 1
        return file
      })
    machine.command("move", files.uses, files.defines, users.ends, run: { _, _, _, _ in })
    machine.command(
      "write", files.uses, Generator<Int>.integer.array(count: 0...3), run: { _, _, _ in })
    machine.command(
      "say",
      Generator<String>.element(of: ["", "a → b", "«1»", "line\nbreak", "\"\"\"", "x = y("]),
      run: { _, text in text })
    machine.command(
      "flag", Generator.bool(), Generator<Int?>.integer(in: -5...5), run: { _, _, _ in })
    machine.command(
      "odd", Generator<Int>.uniform(in: 0...9).filter { $0 % 2 == 1 }, run: { _, value in value })
    machine.command(
      "big", Generator<UInt64>.integer, Generator<Int8>.integer,
      run: {
        $0 = Int($2) + $0 - $0; _ = $1
      })
    machine.invariant("few") { model, count in count < 3 ? nil : "\(count)" }
  }
}

extension Generator where Value == Int? {
  fileprivate static func integer(in range: ClosedRange<Int>) -> Generator {
    Generator<Int>.integer(in: range).optional
  }
}
