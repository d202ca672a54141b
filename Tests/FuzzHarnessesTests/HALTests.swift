import FuzzHarnesses
import PropertyTesting
import PropertyTestingAdaptor
import Testing

@Suite struct HALTests {
  @Test("Bytes cross the HAL as the direction says, whatever the device writes")
  func core() {
    check(halMachine, programs: 200, required: ["bounced back", "written to"])
  }

  @Test("The machine sees what is wrong with a HAL", arguments: SabotagedHAL.Sabotage.allCases)
  func sees(_ sabotage: SabotagedHAL.Sabotage) {
    let sabotaged = machine(ofHAL: { hypervisor, arena in
      SabotagedHAL(hypervisor, arena, sabotage)
    })
    sabotaged.mustSay(sabotage.evidence)
  }
}
