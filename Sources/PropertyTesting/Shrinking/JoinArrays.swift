extension ShrinkPass {
  /// Deletes the end of an array together with the beginning of an element of the array around it,
  /// so that two neighbouring arrays become one.
  public static let joinArrays = ShrinkPass("join arrays") { context in
    for record in context.best.subjects {
      var position = 0
      while position + 1 < context.best.choiceCount(record) {
        let choices = context.best.records[record].choices
        let isSeam =
          choices[position].role == .shape && choices[position].value == 0
          && choices[position + 1].role == .shape && choices[position + 1].value == 1
        if !isSeam || !context.attempt(context.best.removing(position..<position + 2, of: record)) {
          position += 1
        }
      }
    }
  }
}
