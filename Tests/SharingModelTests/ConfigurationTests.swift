import PropertyTesting
import SharingModel
import Testing

@Suite struct ConfigurationTests {
  /// A configuration of numbers from anywhere.
  static func wild(_ numbers: inout RandomNumbers) -> Configuration {
    func number(_ numbers: inout RandomNumbers) -> UInt64 {
      switch numbers.next(below: 5) {
      case 0: numbers.next()
      case 1: UInt64.max - numbers.next(below: 1 << 24)
      case 2: 1 << numbers.next(below: 64)
      // In the driver's memory, and before it, on a block.
      case 3: Configuration().driverMemory.end.rawValue - numbers.next(below: 1 << 24) << 20
      default: numbers.next(below: 2 << numbers.next(below: 32))
      }
    }
    var result = Configuration()
    result.granule = number(&numbers)
    result.minimumBlock = number(&numbers)
    result.poolOrders = number(&numbers)
    result.heapOrders = number(&numbers)
    result.arenaStart = number(&numbers)
    result.arenaSize = number(&numbers)
    result.virtualOffset = number(&numbers)
    result.staticPages = number(&numbers)
    return result
  }

  @Test("Any numbers become a configuration that makes sense, and that stays as it is")
  func normalised() {
    var numbers = RandomNumbers(seed: 1)
    for _ in 0..<20_000 {
      let wild = Self.wild(&numbers)
      let configuration = wild.normalised
      let problem = Self.problem(configuration)
      guard problem == nil, configuration.normalised == configuration else {
        Issue.record("\(problem ?? "not idempotent"): \(wild) became \(configuration)")
        return
      }
    }
    #expect(Configuration().normalised == Configuration())
  }

  private static func problem(_ it: Configuration) -> String? {
    let arena = it.arena
    let range = it.staticRange
    let driver = it.driverMemory
    if it.granule.nonzeroBitCount != 1 { return "the granule" }
    if it.minimumBlock.nonzeroBitCount != 1 { return "the minimum block" }
    if !(1...64).contains(it.poolOrders) || !(1...64).contains(it.heapOrders) { return "orders" }
    if it.arenaSize == 0 || it.arenaSize / it.minimumBlock > Configuration.mostBlocks + 2 {
      return "the arena's size"
    }
    if it.arenaStart.addingReportingOverflow(it.arenaSize).overflow { return "the arena's end" }
    if range.start.rawValue == 0 || range.start.rawValue % 4096 != 0 || range.size % 4096 != 0 {
      return "the static range"
    }
    if range.start.rawValue.addingReportingOverflow(range.size).overflow {
      return "the static range's end"
    }
    if range.overlaps(arena) { return "static range and arena" }
    if driver.overlaps(arena) || driver.overlaps(range) { return "the driver's memory" }
    if it.virtualOffset % 65536 != 0 { return "the offset" }
    return nil
  }
}
