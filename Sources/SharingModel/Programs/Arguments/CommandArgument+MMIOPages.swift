// A run of MMIO pages: its first page and how many there are. A proof tries them in pairs.

extension CommandArgument {
  static let mmioPage = CommandArgument(
    "the MMIO page", "PAGE", .number(in: 0...7), .range(0...7),
    set: { $1.mmioPage = $0 }, number: \.mmioPage,
    tries: one(of: \.mappings) { mapping, values in
      values.mmioPage = mapping.page
      values.mmioPages = mapping.pages
    },
    widen: { values, alphabet in
      alphabet.mappings.append(
        Alphabet.Mapping(page: values.mmioPage, pages: values.mmioPages))
    })

  /// Tried together with the first page.
  static let mmioPages = CommandArgument(
    "the number of MMIO pages", "COUNT", .number(after: "pages", in: 1...64), .range(1...64),
    draw: { draw, numbers in
      numbers.chance(draw.hasScantMMIO ? 1 : 3, outOf: 4)
        ? numbers.next(below: 3) : numbers.powerOfTwo(upTo: 63)
    },
    set: { $1.mmioPages = $0 }, number: \.mmioPages)
}
