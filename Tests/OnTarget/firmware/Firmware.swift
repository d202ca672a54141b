import MemorySharing
@c(firmware_main) public func firmwareMain(_ tree: UInt64) -> UInt64 {
  say("firmware\n")
  return tree
}
