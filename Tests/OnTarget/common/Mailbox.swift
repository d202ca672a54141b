/// How a test talks to the host's CPU: a page of guest memory that both know, shared while in use.
enum Mailbox {
  static var page: UInt64 { 0x48F0_0000 }
  /// Written last by the test: a new number is a new order.
  static var ticket: UInt64 { page }
  static var order: UInt64 { page + 8 }
  static var address: UInt64 { page + 16 }
  /// Of a write: the value; of a scribble: how many bytes.
  static var argument: UInt64 { page + 24 }
  /// Written last by the host: the ticket that it has done.
  static var done: UInt64 { page + 32 }
  static var faults: UInt64 { page + 40 }
  /// Of a read: the value; of nothing: the stores of all scribbles and flips so far.
  static var value: UInt64 { page + 48 }
  /// Of all watches so far: reads, those that were not aborted, and those that found the value.
  static var attempts: UInt64 { page + 56 }
  static var reads: UInt64 { page + 64 }
  static var sightings: UInt64 { page + 72 }
}

enum HostOrder {
  static var nothing: UInt64 { 0 }
  static var read: UInt64 { 1 }
  static var write: UInt64 { 2 }
  /// Overwrites words of a range at random until the next order.
  static var scribble: UInt64 { 3 }
  /// Flips between two values as fast as it can until the next order: what a double fetch falls
  /// for.
  static var flip: UInt64 { 4 }
  /// Reads a word until the next order, and counts how often it is the argument.
  static var watch: UInt64 { 5 }
}
