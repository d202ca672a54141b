import MemorySharing
import SharingHarness
import SharingModel

extension Exhibit {
  static let blamesTheFirstGranule = Exhibit(
    "blames-the-first-granule",
    "The error of a SHARE that failed names the region's first granule, whichever it was.",
    source: "ours: the loop's start in place of its index", seenBy: ["errors-tell-what-happened"],
    scope: .dynamic
  ) { machine in
    let ports = SharingPorts(machine)
    return Wrapped(try ports.system()) { call, core in
      let outcome = core.perform(call)
      guard case .failed(.hypercallFailed(let function, _, let answer)) = outcome,
        function == HypercallFunction.memShare.rawValue, let region = ports.region
      else { return outcome }
      return .failed(
        .hypercallFailed(function: function, address: region.start.rawValue, answer: answer))
    }
  }
}
