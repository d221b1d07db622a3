import Checkpoints
import Diagnostics
import Formats
import Testing

/// What headers say, and how they are written.
@Suite("Safetensors headers") struct HeaderTests {
  static func parse(_ bytes: [UInt8]) throws -> SafeTensorsHeader {
    try bytes.withUnsafeBytes { try SafeTensorsHeader(parsing: $0, path: "f") }
  }

  @Test("Entries, metadata and their order are those of the file")
  func contents() throws {
    let text = """
      {"b":{"dtype":"Q9","shape":[2],"data_offsets":[4,7]},\
      "__metadata__":{"z":"1","a":"2","\u{E9}":"3","e\u{301}":"4"},\
      "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
      """
    let header = try Self.parse(Checkpoint.file(text, data: 7))
    #expect(header.entries.map(\.name) == ["b", "a"])
    #expect(header["b"]?.dtype == "Q9" && header["b"]?.range == 4..<7 && header["b"]?.bitsPerElement == nil)
    #expect(header["a"]?.shape == [] && header["c"] == nil)
    #expect(header.metadata.pairs.map(\.value) == ["1", "2", "3", "4"])
    #expect(header.headerLength == text.utf8.count && header.dataSize == 7)
  }

  @Test(
    "A header that is written is read back as it was, wherever its data begin", arguments: [0, 1, 7, 8, 1000])
  func roundTrip(room: Int) throws {
    let names = (0..<300).map { "layer\($0).\"w\\\n\u{1F600}\u{7F}\u{1}" }
    let tensors = names.enumerated().map {
      (name: $1, dtype: ["F32", "U8", "F4"][$0 % 3], shape: [2, $0 % 5])
    }
    let header = try SafeTensorsHeader(layingOut: tensors, metadata: ["a\"": "\u{0}b", "": ""])
    let front = try header.encoded(room: room)
    #expect(front.count % 8 == 0 && front.count > header.dataStart + room - 8)
    let again = try Self.parse(front + [UInt8](repeating: 0, count: header.dataSize))
    #expect(Array(again.entries) == Array(header.entries) && again.metadata == header.metadata)
    #expect(again.entries.allSatisfy { again[$0.name] == $0 })
  }

  @Test("A header keeps its length where it fits and is refused where it does not")
  func fixedLength() throws {
    let header = try SafeTensorsHeader(layingOut: [("a", "F32", [1])])
    let exact = try header.encoded().drop { $0 != 0x7B }.count { $0 != 0x20 }
    #expect(try header.encoded(headerLength: exact).count == 8 + exact)
    #expect(
      try Self.parse(header.encoded(headerLength: exact + 13) + [0, 0, 0, 0]).headerLength == exact + 13)
    #expect(
      Checkpoint.code { () throws(Diagnostic) in _ = try header.encoded(headerLength: exact - 1) }
        == .headerDoesNotFit)
    #expect(
      Checkpoint.code { () throws(Diagnostic) in _ = try header.encoded(room: 100_000_000) } == .headerTooLong
    )
  }

  static let impossible: [([(String, String, [Int])], ErrorCode)] = [
    ([("a", "U8", []), ("a", "U8", [])], .duplicateTensor), ([("__metadata__", "U8", [])], .duplicateTensor),
    ([("a", "Q4", [1])], .unknownSize), ([("a", "U8", [-1])], .shapeNotIntegers),
    ([("a", "F4", [1])], .partialByte),
    ([("a", "F64", [1 << 60])], .shapeOverflow),
  ]

  @Test("Tensors that cannot be laid out are refused", arguments: impossible)
  func refusesLayout(tensors: [(String, String, [Int])], code: ErrorCode) {
    let thrown = Checkpoint.code { () throws(Diagnostic) in
      _ = try SafeTensorsHeader(layingOut: tensors.map { (name: $0.0, dtype: $0.1, shape: $0.2) })
    }
    #expect(thrown == code)
  }

  @Test("An unknown name is an error with similar names")
  func suggestions() throws {
    let header = try SafeTensorsHeader(layingOut: [("layer1.weight", "F32", [1]), ("fc.bias", "F32", [1])])
    let error = #expect(throws: Diagnostic.self) { try header.entry(named: "layer1.wieght") }
    #expect(error?.code == .unknownTensor && error?.hints == ["a similar name exists: layer1.weight"])
  }

  @Test("A header of 100,000 tensors is read, and its entries are found by name", .timeLimit(.minutes(20)))
  func large() throws {
    let tensors = (0..<100_000).map { index in
      (
        name: "model.layers.\(index / 8).attention.projection\(index % 8).weight", dtype: "F32",
        shape: [4, 4]
      )
    }
    let header = try SafeTensorsHeader(layingOut: tensors)
    let folder = try Folder()
    try folder.write(header.encoded() + [UInt8](repeating: 0, count: header.dataSize), "f")
    let read = try SafeTensorsFile(folder["f"]).header
    #expect(read.entries.count == tensors.count)
    for tensor in tensors { #expect(try read.entry(named: tensor.name).shape == [4, 4]) }
  }
}
