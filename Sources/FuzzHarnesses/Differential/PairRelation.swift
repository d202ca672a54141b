import MemorySharing
import PropertyTesting

/// How the second of two allocators is made from the first, and so what it must answer.
package enum PairRelation: Equatable, Sendable {
  /// It has more orders, in a window that holds no larger block.
  case moreOrders(UInt64)
  /// Its window lies this number of top blocks higher.
  case translated(UInt64)
  /// Every number of bytes is doubled this number of times.
  case scaled(UInt64)
}

extension Generator where Value == PairRelation {
  package static var moreOrders: Generator {
    Generator<UInt64>.element(of: [1, 2, 5, 6, 12]).map(PairRelation.moreOrders)
  }
  package static var translated: Generator {
    Generator<UInt64>.element(of: [1, 2, 3, 63, 64, 1 << 20]).map(PairRelation.translated)
  }
  package static var scaled: Generator {
    Generator<UInt64>.element(of: [1, 4, 6, 8]).map(PairRelation.scaled)
  }
  /// All three kinds.
  package static var relation: Generator { .oneOf(moreOrders, translated, scaled) }
}

/// Two allocators that must answer alike.
package struct PairSettings: Equatable, Sendable {
  let first: AllocatorShape
  let relation: PairRelation
}

extension PairSettings: CustomStringConvertible {
  package var description: String { "\(first), \(relation)" }
}

extension PairSettings {
  /// No number of the first is larger, so that its image fits in 64 bits.
  static var most: UInt64 { 1 << 40 }

  package var second: AllocatorShape {
    var shape = first
    if case .moreOrders(let count) = relation { shape.orders += count }
    shape.minimumBlock = image(size: first.minimumBlock)
    shape.window = image(of: first.window)
    return shape
  }

  func image(address: UInt64) -> UInt64 {
    switch relation {
    case .moreOrders: address
    case .translated(let count): address &+ (count * first.minimumBlock) << first.topOrder
    case .scaled(let shift): address << shift
    }
  }

  func image(size: UInt64) -> UInt64 {
    if case .scaled(let shift) = relation { size << shift } else { size }
  }

  func image(of address: PhysicalAddress) -> PhysicalAddress {
    PhysicalAddress(image(address: address.rawValue))
  }

  func image(of range: AddressRange) -> AddressRange {
    AddressRange(
      uncheckedStart: image(address: range.start.rawValue), size: image(size: range.size))
  }

  func image(of layout: Layout) -> Layout {
    Layout(uncheckedSize: image(size: layout.size), alignment: image(size: layout.alignment))
  }

  /// The error with its sizes and addresses changed.
  func image(of error: ShareError) -> ShareError {
    error.mapped(size: image(size:), address: image(address:))
  }
}

extension PairSettings {
  /// In what way two answers differ; nil if they are alike.
  func difference<Value>(
    _ first: Outcome<Value>, _ second: Outcome<Value>, _ image: (Value) -> Value
  ) -> String? {
    let wanted: Outcome<Value> =
      switch first {
      case .served(let value): .served(image(value))
      case .refused(let error): .refused(self.image(of: error))
      }
    if wanted == second || isAboveTheTopOfOne(first, second) { return nil }
    return "the first came to \(first), so the second to \(wanted), but it was \(second)"
  }

  /// What is above the top order of one is only more than the other has, and its regions are real.
  private func isAboveTheTopOfOne<Value>(
    _ first: Outcome<Value>, _ second: Outcome<Value>
  ) -> Bool {
    guard case .moreOrders = relation, case .refused(.largerThanTheTopOrder(let layout)) = first
    else { return false }
    switch second {
    case .refused(let error): return error == .exhausted(layout)
    case .served(let value): return value is Layout
    }
  }
}

extension Generator where Value == PairSettings {
  /// A pair of a relation.
  static func twins(_ relation: Generator<PairRelation>) -> Generator {
    zip(
      relation, Generator<UInt64>.element(of: [16, 1]),
      Generator<UInt64>.element(of: [7, 1, 2, 3, 6, 8, 12, 13]),
      Generator<UInt64>.element(of: [0, 1, 3, 63, 64, 4095]),
      Generator<UInt64>.element(of: [64, 1, 2, 3, 65, 127, 128, 257])
    ).map { relation, minimumBlock, orders, first, count in
      var count = count
      if case .moreOrders = relation {
        // Up to the end of the first aligned block of one order more, without its last block.
        let larger: UInt64 = 1 << orders
        count = min(count, (larger - first % larger) % larger + larger - 1)
      }
      let window = AddressRange(
        uncheckedStart: first * minimumBlock, size: count * minimumBlock)
      return PairSettings(
        first: AllocatorShape(minimumBlock: minimumBlock, orders: orders, window: window),
        relation: relation)
    }
  }
}
