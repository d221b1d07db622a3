import Checkpoints
import Diagnostics
import Testing

/// Every fault of a file has a code of its own, and reading never changes the file.
@Suite("Safetensors faults") struct HeaderFaultTests {
  @Test("A file with one fault gives that fault's code, a legal one none", arguments: HeaderCase.all)
  func designed(given: HeaderCase) throws {
    let folder = try Folder()
    let path = try folder.write(given.bytes, "f.safetensors")
    let fault = Checkpoint.fault(path)
    #expect(fault?.code == given.code, "\(fault?.description ?? "no error")")
    #expect(fault == nil || fault?.place?.hasPrefix("\(path), byte ") == true)
    #expect(folder.read("f.safetensors") == given.bytes)
  }

  @Test("A file cut at any byte says what is missing, and stays as it was")
  func truncated() throws {
    let folder = try Folder()
    let whole = try Checkpoint.sample()
    let dataStart = 8 + Int(whole[0]) + Int(whole[1]) << 8
    var wrong: [Int] = []
    for count in 0..<whole.count {
      let path = try folder.write(Array(whole[..<count]), "f")
      let expected: ErrorCode =
        count < 8 ? .headerMissing : count < dataStart ? .headerBeyondFile : .dataBeyondFile
      if Checkpoint.fault(path)?.code != expected || folder.read("f") != Array(whole[..<count]) {
        wrong.append(count)
      }
    }
    #expect(wrong == [])
  }

  @Test("A file with any bits flipped is read or refused with a code, and stays as it was")
  func corrupted() throws {
    let folder = try Folder()
    var refused = 0
    for (index, bytes) in Self.corruptions(1000).enumerated() {
      let path = try folder.write(bytes, "f")
      if let fault = Checkpoint.fault(path) {
        refused += 1
        #expect(fault.code.id.hasPrefix("R04"), "case \(index): \(fault)")
      }
      if folder.read("f") != bytes { Issue.record("case \(index) changed its file") }
    }
    #expect(refused > 500)
  }

  /// A legal file with one to four bytes changed, most of them in the header.
  static func corruptions(_ count: Int) -> [[UInt8]] {
    var random = Seeded(state: 1)
    guard let whole = try? Checkpoint.sample() else { return [] }
    return (0..<count).map { _ in
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<(Bool.random(using: &random) ? 320 : bytes.count), using: &random)
        let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        let kinds: [UInt8] = [bytes[place] ^ bit, 0x30, 0x22, 0x7D, 0x2C, 0x00]
        bytes[place] = kinds.randomElement(using: &random) ?? 0
      }
      return bytes
    }
  }

  @Test(
    "The reference gives the same verdict on every file, unknown dtypes and listed differences excepted",
    .enabled(if: Reference.isAvailable, Reference.why))
  func parity() throws {
    let folder = try Folder()
    let whole = try Checkpoint.sample()
    let given = HeaderCase.all
    let other = (0..<whole.count).map { Array(whole[..<$0]) } + Self.corruptions(1500)
    for (index, bytes) in (given.map(\.bytes) + other).enumerated() { try folder.write(bytes, "\(index)") }
    let verdicts = try Reference.verdicts(in: folder)
    #expect(verdicts.count == given.count + other.count)
    for index in 0..<verdicts.count {
      let ours = Checkpoint.fault(folder["\(index)"])
      let theirs = verdicts["\(index)"] ?? ""
      let same = (ours == nil) == (theirs == "ok")
      let known = index < given.count && given[index].differs
      let unknownDType = ours == nil && theirs.contains("unknown variant")
      #expect(same != known || unknownDType, "\(index): \(ours?.description ?? "ok") | \(theirs)")
    }
  }

  @Test("Errors name tensor, byte, expected and found")
  func particulars() throws {
    let folder = try Folder()
    let header = #"{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}"#
    let fault = try #require(Checkpoint.fault(folder.write(Checkpoint.file(header, data: 20), "f")))
    #expect(fault.message == "size of tensor 'w' does not match its shape and dtype")
    #expect(fault.place == "\(folder["f"]), byte 13")
    #expect(fault.expected == "24 bytes for F32 [2, 3]")
    #expect(fault.found == "20 bytes, data_offsets [0, 20]")
  }
}
