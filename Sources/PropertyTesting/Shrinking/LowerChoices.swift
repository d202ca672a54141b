extension ShrinkPass {
  /// Lowers every choice of every command as far as it goes.
  public static let lowerChoices = ShrinkPass("lower choices") { context in
    for record in context.best.subjects {
      context.lower(record)
    }
  }

  /// Lowers the choices of the configuration: all to 0, then each as far as it goes.
  public static let lowerConfiguration = ShrinkPass("lower the configuration") { context in
    guard context.best.length > 0 else { return }
    if !context.attemptZero(0, keepingShape: false) { context.lower(0) }
  }
}
