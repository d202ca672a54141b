import Testing

@Suite struct HygieneTests {
  @Test("no file names a machine's folder or an unknown host")
  func real() {
    expectNone(Hygiene.complaints(.real))
    expectNone(Hygiene.complaints(Small.checkout))
  }

  private func complaints(_ text: String) -> [String] {
    Hygiene.complaints(Checkout(["run": text])).map(\.text)
  }

  @Test("a folder of a machine is seen, outside of mktemp")
  func folders() {
    #expect(complaints("cd /home/someone/x\n") == ["names the folder /home/"])
    #expect(complaints("path=\"/tmp/out\"\n") == ["names the folder /tmp/"])
    #expect(complaints("scratch=$(mktemp -d /tmp/x.XXXX)\n") == [])
    #expect(complaints("ls $scratch/home/x a/tmp/b \"${root}/root/c\"\n") == [])
  }

  @Test("a host that is not in the list is seen")
  func hosts() {
    #expect(
      complaints("url=https://packages.example.org/simple\n") == [
        "names the host packages.example.org"
      ])
    #expect(complaints("see https://github.com/apple/swift\n") == [])
  }

  @Test("what is no text, and the corpora's inputs, are not read")
  func binary() {
    #expect(complaints("\0 /home/x\n") == [])
    #expect(Hygiene.complaints(Checkout(["corpora/a/0f": "/home/x"])) == [])
  }
}
