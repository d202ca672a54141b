extension ShrinkPass {
  /// Makes all commands of a kind alike and deletes one of them.
  ///
  /// Where sizes were mixed by chance, one size everywhere often needs fewer commands.
  public static let levelRecords = ShrinkPass("level commands", .thorough) { context in
    let start = context.best
    for model in start.commands {
      var level = start
      for other in start.commands where other != model {
        level = level.copyingPlainValues(from: model, to: other) ?? level
      }
      if context.attempt(level) { return }
      for deleted in start.commands.reversed() where deleted != model {
        if context.attempt(level.removing([deleted])) { return }
      }
    }
  }
}
