import SharingHarness
import SharingModel
import SimulatedHypervisors

// From a point of a run to a program that says the same by itself, where there is one.

extension Program {
  /// Programs that may say what a disturbance does, the plainest first.
  func candidates(
    saying disturbance: Disturbance, _ points: InjectionPoints
  ) -> [Program] {
    let place = disturbance.place
    let candidates: [Program]
    switch disturbance.mode {
    case .fails, .failsFromHereOn, .failsButTakesEffect, .answersGarbage:
      let calls = points.hypercalls
      let step = calls[place - 1].step
      let position = place - calls.prefix { $0.step < step }.count
      candidates = faulty(
        at: step, .hypercall(position: position, disturbance.mode.faultMode ?? .fails),
        andAfter: disturbance.mode == .failsFromHereOn)
    case .pinned: candidates = [pinning(before: points.hypercalls[place - 1].step)]
    case .hostWritesAtCall: candidates = []
    case .heapRefuses:
      candidates = faulty(
        at: points.heapAllocations[place - 1], .heapAllocation, andAfter: false)
    case .hostWrites:
      let gaps = place == 0 ? Array((0...steps.count).reversed()) : [place - 1]
      candidates = [gaps.reduce(self) { $0.inserting([Step(.scribble)], before: $1) }]
    case .hostPins:
      let unpinning = place <= steps.count && place > 0
      let unpinned = unpinning ? inserting([Step(.unpinAll)], before: place) : self
      candidates = place == 0 ? [] : [unpinned.pinning(before: place - 1)]
    }
    return candidates.filter { program in
      program.steps.allSatisfy { $0.faults.isEmpty || $0.command.kind.canFail }
    }
  }

  /// With a fault in a step, and perhaps all after it failing as well. The init before the first
  /// command becomes a command for that, and the drop a teardown before it.
  private func faulty(
    at step: Int, _ fault: CommandFault, andAfter isLasting: Bool
  ) -> [Program] {
    var result = self
    var step = step
    if step < 0 {
      guard configuration.startsInitialised else { return [] }
      result.configuration.startsInitialised = false
      result.steps.insert(Step(.initialise(.standard)), at: 0)
      step = 0
    }
    guard case .hypercall(let position, let mode) = fault, isLasting else {
      if step == result.steps.count { result.steps.append(Step(.unshareAll)) }
      guard result.steps[step].faults.isEmpty else { return [] }
      result.steps[step].faults = [fault]
      return [result]
    }
    let standing = Step(.standingFault(mode))
    if position == 1 { return [result.inserting([standing], before: step)] }
    guard step < result.steps.count, result.steps[step].faults.isEmpty else { return [] }
    let lasting = result.inserting([standing], before: step + 1)
    result = lasting
    result.steps[step].faults = [fault]
    return [result]
  }

  /// With all slots pinned that were filled before a step.
  private func pinning(before step: Int) -> Program {
    let before = steps.prefix(max(step, 0))
    let slots = (0..<Slot.count).map(Slot.init).filter { slot in
      before.contains { $0.command.madeSlot == slot }
    }
    return inserting(slots.map { Step(.pin($0)) }, before: max(step, 0))
  }

  private func inserting(_ new: [Step], before step: Int) -> Program {
    var result = self
    result.steps.insert(contentsOf: new, at: min(step, steps.count))
    return result
  }
}
