/// How an allocator rounds requests and where it puts them.
public enum PlacementRule: Int, CaseIterable, Codable, Equatable, Sendable {
  /// A request gets the lowest block of the smallest order that has a free one; a block's size is a
  /// power of two, and its address a multiple of that (spec §3.1 to §3.4).
  case buddy
  /// A request gets whole minimum blocks and no more, at the lowest address that is aligned as
  /// asked; better than asked only where it must be. Any size is served that fits.
  case firstFit
}
