extension TestCase {
  /// The records that are to become simple first: the commands, or the only record there is.
  var subjects: Range<Int> { records.count == 1 ? 0..<1 : commands }

  /// The same case with other choices in place of some of a record.
  func replacing(
    _ range: Range<Int>, of record: Int, with choices: some Collection<Choice>
  ) -> TestCase {
    var result = self
    result.records[record].choices.replaceSubrange(range, with: choices)
    return result
  }

  /// The same case without some choices of a record.
  func removing(_ range: Range<Int>, of record: Int) -> TestCase {
    replacing(range, of: record, with: [])
  }

  /// The choices that are neither slot nor shape, in the order in which they were made.
  var plainPlaces: [Lifetime.Position] {
    subjects.flatMap { record in
      records[record].choices.indices
        .filter { records[record].choices[$0].role == .plain }
        .map { Lifetime.Position(record: record, choice: $0) }
    }
  }

  /// One of the rows of spans that a record has, by its number; `nil` if there is no such row.
  func siblings(_ kind: Span.Kind, _ row: Int, of record: Int) -> [Range<Int>]? {
    guard records.indices.contains(record) else { return nil }
    let rows = records[record].siblings(kind)
    return row < rows.count ? rows[row] : nil
  }

  /// The parts of a record that are one of several ways to make a thing, the outer ones first.
  func alternatives(_ record: Int) -> [Span] {
    guard records.indices.contains(record) else { return [] }
    return records[record].spans.filter { $0.kind == .alternative }
  }

  /// The same case with another record in place of one.
  func replacing(_ position: Int, with record: Record) -> TestCase {
    var result = self
    result.records[position] = record
    return result
  }

  subscript(place: Lifetime.Position) -> Choice? {
    guard records.indices.contains(place.record),
      records[place.record].choices.indices.contains(place.choice)
    else { return nil }
    return records[place.record].choices[place.choice]
  }
}

extension Record {
  /// Runs of spans of one kind that follow each other in the same surrounding span, outer runs
  /// first.
  func siblings(_ kind: Span.Kind) -> [[Range<Int>]] {
    var runs: [[Range<Int>]] = []
    for span in spans where span.kind == kind && !span.choices.isEmpty {
      if let run = runs.lastIndex(where: { $0.last!.upperBound == span.choices.lowerBound }),
        depth(of: runs[run].last!) == depth(of: span.choices)
      {
        runs[run].append(span.choices)
      } else {
        runs.append([span.choices])
      }
    }
    return runs
  }

  /// How many spans contain a range and more.
  private func depth(of range: Range<Int>) -> Int {
    spans.reduce(0) { count, span in
      count
        + (span.choices.lowerBound <= range.lowerBound
          && span.choices.upperBound >= range.upperBound && span.choices != range ? 1 : 0)
    }
  }

  /// Whether elements are not all there by a rule, such as a length that was chosen before.
  func hasFreeCount(_ elements: Range<Int>) -> Bool {
    spans.contains {
      $0.kind == .element && elements.contains($0.choices)
        && choices[$0.choices.lowerBound].bound > 1
    }
  }

  /// Whether some choices are fewer than others or, if they are as many, lower.
  func isSimpler(_ left: Range<Int>, than right: Range<Int>) -> Bool {
    guard left.count == right.count else { return left.count < right.count }
    for (mine, its) in zip(choices[left], choices[right]) where mine.value != its.value {
      return mine.value < its.value
    }
    return false
  }

  /// The same choices with two ranges exchanged, and the spans where they then are.
  ///
  /// The first range lies before the second.
  func swapping(_ first: Range<Int>, _ second: Range<Int>) -> Record {
    var result = self
    result.choices.replaceSubrange(second, with: choices[first])
    result.choices.replaceSubrange(first, with: choices[second])
    let growth = second.count - first.count
    func moved(_ bound: Int, in span: Range<Int>) -> Int {
      if first.contains(span) { return bound + second.upperBound - first.upperBound }
      if second.contains(span) { return bound + first.lowerBound - second.lowerBound }
      return bound < first.upperBound || bound >= second.upperBound ? bound : bound + growth
    }
    result.spans = spans.map { span in
      let (start, end) = (span.choices.lowerBound, span.choices.upperBound)
      return Span(
        kind: span.kind, choices: moved(start, in: span.choices)..<moved(end, in: span.choices))
    }
    return result
  }
}
