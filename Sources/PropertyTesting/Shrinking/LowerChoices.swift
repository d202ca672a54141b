extension ShrinkPass {
  /// Lowers every choice of every command as far as it goes.
  public static let lowerChoices = ShrinkPass("lower choices") { context in
    for record in context.best.commands {
      context.lower(record)
    }
  }

  /// Lowers the choices of the configuration: all to 0, then each as far as it goes.
  public static let lowerConfiguration = ShrinkPass("lower the configuration") { context in
    if !context.attemptZero(0, from: 0) { context.lower(0) }
  }
}
