import Diagnostics
import Foundation
import JSONText
import Reinit
import Reinitialization
import Testing

@Suite("Receipts")
struct ReceiptTests {
  private func receipt(seed: UInt64 = 9) throws -> Receipt {
    var model = Net()
    return try model.reinitialize(seed: seed) {
      Fill(Dense.self, with: .kaimingNormal(mode: .fanOut))
      Fill(\Dense.bias, with: .uniform(low: -0.1, high: 0.1))
    }
  }

  @Test("A receipt survives its JSON without losing a bit")
  func roundTrip() throws {
    let receipt = try receipt(seed: .max)
    let again = try Receipt(json: JSONValue(parsing: receipt.json.compact))
    #expect(again == receipt)
    #expect(receipt.json["seed"]?.string == "18446744073709551615")
  }

  @Test(
    "Hexadecimal floats are exact and read back",
    arguments: [
      0.0, -0.0, 1, -1.5, 0.1, 1.0 / 3, .pi, .leastNonzeroMagnitude, 2.2250738585072014e-308, 1.7976931348623157e308,
    ])
  func hexFloats(_ value: Double) {
    #expect(Double(HexFloat.text(of: value))?.bitPattern == value.bitPattern)
  }

  @Test("Hexadecimal floats look as C prints them")
  func hexFloatText() {
    #expect(HexFloat.text(of: 0.02) == "0x1.47ae147ae147bp-6")
    #expect(HexFloat.text(of: 1) == "0x1p+0")
    #expect(HexFloat.text(of: -1536) == "-0x1.8p+10")
  }

  @Test("A later run stands on top; what it filled again is gone from the earlier one")
  func following() throws {
    let older = try receipt(seed: 1)
    var newer = try receipt(seed: 2)
    newer.runs[0].tensors.removeAll { $0.name != "head.weight" }
    let both = newer.following(older)
    #expect(both.runs.map(\.seed) == [2, 1])
    #expect(both.runs[0].tensors.map(\.name) == ["head.weight"])
    #expect(both.entries.count == older.entries.count)
    #expect(try Receipt(json: both.json) == both)
  }

  /// A receipt with each of its parts missing, or of another kind: nothing is taken for its absence.
  static let parts: [String] = {
    let whole = #"""
      {"version":1,"seed":"1","rules":["a"],"tensors":[{"path":"a","rule":0,"method":"constant",\#
      "numbers":{"value":"0x1p+0"},"dtype":"f32","shape":[2],"hash":"0123456789abcdef","file":"b"}],"earlier":[]}
      """#
    return [
      (#""rule":0,"#, ""), (#""rule":0"#, #""rule":18446744073709551616"#), (#""method":"constant","#, ""),
      (#""method":"constant""#, #""method":["constant"]"#), (#","shape":[2]"#, ""), ("[2]", #"["2"]"#), ("[2]", "2"),
      (#"["a"]"#, "[1]"), (#"["a"]"#, #"{"a":1}"#), (#""earlier":[]"#, #""earlier":{}"#),
      (#""earlier":[]"#, #""earlier":[1]"#),
      (#""0123456789abcdef""#, "1"), (#""0123456789abcdef""#, #""x""#), (#""file":"b""#, #""file":1"#),
      (#""numbers":{"#, #""numbers":[],"n":{"#), (#""earlier""#, #""plugins":1,"earlier""#),
    ].map { part, other in whole.replacingOccurrences(of: part, with: other) }
  }()

  @Test(
    "A receipt that is not one is refused with what was expected",
    arguments: [
      "{}", #"{"version":2}"#, #"{"version":1,"seed":"x"}"#, #"{"version":1,"seed":"1","rules":[]}"#,
      #"{"version":1,"seed":"1","rules":[],"tensors":[{}]}"#,
      #"{"version":1,"seed":"1","rules":[],"tensors":[{"path":"a","dtype":"f31"}]}"#,
      #"{"version":1,"seed":"1","rules":[],"tensors":[{"path":"a","dtype":"f32","method":"magic"}]}"#,
      #"{"version":1,"seed":"1","rules":[],"tensors":[{"path":"a","dtype":"f32","shape":[-1]}]}"#,
      #"{"version":1,"seed":"1","rules":[],"tensors":[{"path":"a","dtype":"f32","shape":[],"method":"normal","numbers":{"std":"two"}}]}"#,
    ] + parts)
  func malformed(_ text: String) throws {
    let json = try JSONValue(parsing: text)
    let error = #expect(throws: Diagnostic.self) { try Receipt(json: json) }
    #expect(error?.code == .receiptUnreadable)
    #expect(error?.expected != nil)
  }
}
