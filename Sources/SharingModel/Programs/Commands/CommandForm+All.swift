extension CommandForm {
  /// A form for each kind, in the order of `Command.Kind`.
  public static let all: [CommandForm] = [
    .allocate,
    .free,
    .dmaAlloc,
    .share,
    .heapAllocate,
    .write,
    .unshareAll,
    .initialise,
    .mapMMIO,
    .unmapAllMMIO,
    .scribble,
    .pin,
    .unpinAll,
    .standingFault,
    .heapAdd,
  ]
}
