extension CommandArgument {
  /// Pages of DMA memory: mostly one to three.
  static let pages = CommandArgument(
    "a number of pages", "PAGES", .number(), .every,
    draw: { draw, numbers in
      switch numbers.next(below: 24) {
      case 0: draw.affordablePages(numbers.edgeBiased(upTo: .max))
      case 4...11 where draw.usual >= 1 << 20: draw.usual / 4096
      case 1, 2, 3: max(1, numbers.edgeBiased(upTo: draw.usual / 4096))
      default: 1 + numbers.next(below: 3)
      }
    },
    set: { $1.pages = $0 }, number: \.pages,
    tries: one(of: \.pages) { $1.pages = $0 },
    request: {
      Alphabet.Request(
        size: $0.pages > UInt64.max / 4096 ? .max : $0.pages * 4096, alignment: 4096)
    },
    widen: { values, alphabet in
      let pages = values.pages
      alphabet.pages += [pages &- 1, pages, pages &+ 1]
    })
}
