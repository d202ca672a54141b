extension Invariant {
  static let storageIsNotOverrun = Invariant(
    "storage-is-not-overrun",
    "Nothing is written before or after the storage that was handed in for metadata and records."
  ) { model in
    model.observation.overrun.map { Evidence("a word beside the storage for \($0) was written") }
  }
}
