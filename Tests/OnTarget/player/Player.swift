import MemorySharing
@c(player_main) public func playerMain(_ tree: UInt64) {
  say("player\n")
  leave(0)
}
