// What is asked of an allocator: a size and an alignment. A proof tries them in pairs.

extension CommandArgument {
  static let size = CommandArgument(
    "a size", "SIZE", .number(), .every,
    draw: { draw, numbers in draw.size(&numbers) },
    set: { $1.size = $0 }, number: \.size,
    tries: one(of: \.requests) { request, values in
      values.size = request.size
      values.alignment = request.alignment
    },
    request: { Alphabet.Request(size: $0.size, alignment: $0.alignment) },
    widen: { values, alphabet in
      alphabet.requests.append(
        Alphabet.Request(size: values.size, alignment: values.alignment))
    })

  /// Tried together with the size.
  static let alignment = CommandArgument(
    "an alignment", "ALIGNMENT", .number(after: "align"), .listed(alignments),
    draw: { draw, numbers in draw.alignment(&numbers) },
    set: { $1.alignment = $0 }, number: \.alignment)

  /// The powers of two, and then three alignments that are none.
  static let alignments: [UInt64] = (0..<64).map { 1 << $0 } + [0, 3, 24]
}
