import Diagnostics
import Testing

/// A file designed to have one fault, or none.
struct HeaderCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  /// What opening it must give; nil for a legal file.
  let code: ErrorCode?
  /// True where the reference's verdict is known to be the other one, as docs/safetensors.md lists.
  let differs: Bool

  var testDescription: String { name }

  init(_ name: String, _ header: String, _ data: Int = 0, _ code: ErrorCode? = nil, differs: Bool = false) {
    self.init(name, bytes: Checkpoint.file(header, data: data), code, differs: differs)
  }

  init(_ name: String, bytes: [UInt8], _ code: ErrorCode?, differs: Bool = false) {
    self.name = name
    self.bytes = bytes
    self.code = code
    self.differs = differs
  }

  private static let u8 = #""dtype":"U8","shape":[1],"data_offsets":[0,1]"#

  private static func one(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"a":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  private static func two(_ a: String, _ b: String, names: (String, String) = ("a", "b")) -> String {
    let entry = { (offsets: String) in
      let parts = offsets.split(separator: ",").compactMap { Int($0) }
      return #"{"dtype":"U8","shape":[\#(parts[1] - parts[0])],"data_offsets":[\#(offsets)]}"#
    }
    return #"{"\#(names.0)":\#(entry(a)),"\#(names.1)":\#(entry(b))}"#
  }

  private static func nested(_ depth: Int) -> String {
    #"{"a":{\#(u8),"x":\#(String(repeating: "[", count: depth))\#(String(repeating: "]", count: depth))}}"#
  }

  static let legal: [HeaderCase] = [
    HeaderCase("no tensors", "{}"), HeaderCase("padded", "{}      "),
    HeaderCase("padded otherwise", "{}\n\t\r "),
    HeaderCase(
      "spaces within",
      "{ \"a\" : { \"dtype\" : \"U8\" , \"shape\" : [ 1 ] ,\n\"data_offsets\" : [ 0 , 1 ] } }", 1),
    HeaderCase("one", "{\"a\":{\(u8)}}", 1), HeaderCase("empty name", "{\"\":{\(u8)}}", 1),
    HeaderCase("scalar", one(#""F32""#, "[]", "[0,4]"), 4),
    HeaderCase("empty tensor", one(#""F32""#, "[0]", "[0,0]")),
    HeaderCase("empty by one size", one(#""I64""#, "[3,0,5]", "[0,0]")),
    HeaderCase("huge but empty", one(#""U8""#, "[0,9223372036854775807,9]", "[0,0]")),
    HeaderCase("product beyond 63 bits but empty", one(#""U8""#, "[4611686018427387904,2,0]", "[0,0]")),
    HeaderCase("two", two("0,1", "1,3"), 3), HeaderCase("out of order", two("1,3", "0,1"), 3),
    HeaderCase("empty between", two("0,2", "2,2"), 2), HeaderCase("empty first", two("0,2", "0,0"), 2),
    HeaderCase("all empty", two("0,0", "0,0")),
    HeaderCase("names that only look the same", two("0,1", "1,2", names: ("\u{E9}", "e\u{301}")), 2),
    HeaderCase("escaped names", two("0,1", "1,2", names: (#"\u0061"#, #"\\\"\/\ud83d\ude00\u0000"#)), 2),
    HeaderCase(
      "escaped keys", "{\"a\":{\"\\u0064type\":\"\\u00558\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1),
    HeaderCase("fields in another order", #"{"a":{"data_offsets":[0,1],"shape":[1],"dtype":"U8"}}"#, 1),
    HeaderCase("unknown field", "{\"a\":{\(u8),\"x\":{\"y\":[1,2.5e3,null,\"\\n\",{}]}}}", 1),
    HeaderCase("unknown field twice", "{\"a\":{\(u8),\"x\":1,\"x\":2}}", 1),
    HeaderCase("nested within the limit", nested(125), 1),
    HeaderCase("metadata", #"{"__metadata__":{"a":"b","":"","c":"\u0000"}}"#),
    HeaderCase("no metadata", #"{"__metadata__":{}}"#),
    HeaderCase("null metadata", #"{"__metadata__":null}"#),
    HeaderCase("metadata at the end", "{\"a\":{\(u8)},\"__metadata__\":{\"a\":\"b\"}}", 1),
    HeaderCase("escaped metadata", #"{"__met\u0061data__":{"a":"b"}}"#),
    HeaderCase("F4 pair", one(#""F4""#, "[3,2]", "[0,3]"), 3),
    HeaderCase("F6 quad", one(#""F6_E2M3""#, "[4]", "[0,3]"), 3),
    HeaderCase("F4 empty", one(#""F4""#, "[0]", "[0,0]")),
    HeaderCase("unaligned", one(#""F64""#, "[1]", "[0,8]"), 8),
    HeaderCase("unknown dtype", one(#""Q4_K""#, "[7,3]", "[0,5]"), 5, differs: true),
    HeaderCase("lowercase dtype", one(#""u8""#, "[9]", "[0,1]"), 1, differs: true),
    HeaderCase("empty dtype", one(#""""#, "[]", "[0,0]"), 0, differs: true),
  ]

  static let frames: [HeaderCase] = [
    HeaderCase("empty file", bytes: [], .headerMissing),
    HeaderCase("seven bytes", bytes: [2, 0, 0, 0, 0, 0, 0], .headerMissing),
    HeaderCase("length 2⁶⁴-1", bytes: Checkpoint.file("{}", length: .max), .headerTooLong),
    HeaderCase("length 2⁶³", bytes: Checkpoint.file("{}", length: 1 << 63), .headerTooLong),
    HeaderCase("length above the limit", bytes: Checkpoint.file("{}", length: 100_000_001), .headerTooLong),
    HeaderCase("length at the limit", bytes: Checkpoint.file("{}", length: 100_000_000), .headerBeyondFile),
    HeaderCase("length one too long", bytes: Checkpoint.file("{}", length: 3), .headerBeyondFile),
    HeaderCase("length too short", bytes: Checkpoint.file("{}", length: 1), .headerNotJSON),
    HeaderCase("no header", bytes: Checkpoint.file("", length: 0), .headerStart),
    HeaderCase("no header but data", bytes: Checkpoint.file("", data: 9, length: 0), .headerStart),
    HeaderCase(
      "LFS pointer", bytes: Array("version https://git-lfs.github.com/spec/v1\n".utf8), .failedDownload),
    HeaderCase(
      "pickle", bytes: Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 60), .foreignFormat),
    HeaderCase("array", "[]", 0, .headerStart), HeaderCase("null", "null", 0, .headerStart),
    HeaderCase("space first", " {}", 0, .headerStart, differs: true),
    HeaderCase("byte order mark", "\u{FEFF}{}", 0, .headerStart),
    HeaderCase(
      "Latin-1 name", bytes: Checkpoint.file(Array("{\"".utf8) + [0xE9] + Array("\":{\(u8)}}".utf8), data: 1),
      .headerNotUTF8),
    HeaderCase("Latin-1 padding", bytes: Checkpoint.file(Array("{}".utf8) + [0xA0]), .headerNotUTF8),
    HeaderCase(
      "surrogate in UTF-8",
      bytes: Checkpoint.file(Array("{\"".utf8) + [0xED, 0xA0, 0x80] + Array("\":1}".utf8)), .headerNotUTF8),
  ]

  static let texts: [HeaderCase] = [
    HeaderCase("zero padding", "{}\0\0", 0, .headerNotJSON),
    HeaderCase("two objects", "{} {}", 0, .headerNotJSON),
    HeaderCase("unclosed", "{", 0, .headerNotJSON), HeaderCase("comma", "{,}", 0, .headerNotJSON),
    HeaderCase("trailing comma", "{\"a\":{\(u8)},}", 1, .headerNotJSON),
    HeaderCase("comment", "{/**/}", 0, .headerNotJSON),
    HeaderCase("unquoted name", "{a:{\(u8)}}", 1, .headerNotJSON),
    HeaderCase("no colon", "{\"a\"{\(u8)}}", 1, .headerNotJSON),
    HeaderCase("no value", "{\"a\":}", 0, .headerNotJSON),
    HeaderCase("unclosed name", "{\"a:{}}", 0, .headerNotJSON),
    HeaderCase("unclosed entry", "{\"a\":{\(u8)}", 1, .headerNotJSON),
    HeaderCase("bad escape", "{\"\\x\":{\(u8)}}", 1, .headerNotJSON),
    HeaderCase("half surrogate", "{\"\\ud800\":{\(u8)}}", 1, .headerNotJSON),
    HeaderCase("half surrogate in an unknown field", "{\"a\":{\(u8),\"x\":\"\\udc00\"}}", 1, .headerNotJSON),
    HeaderCase("control character", "{\"a\u{1}\":{\(u8)}}", 1, .headerNotJSON),
    HeaderCase("leading zero", one(#""U8""#, "[01]", "[0,1]"), 1, .headerNotJSON),
    HeaderCase("number out of range", "{\"a\":{\(u8),\"x\":1e999}}", 1, .headerNotJSON),
    HeaderCase("nested beyond the limit", nested(126), 1, .headerNotJSON),
    HeaderCase("nested beyond reason", nested(1_000_000), 1, .headerNotJSON),
    HeaderCase(
      "entries nested beyond reason", String(repeating: "{\"a\":", count: 500_000), 0, .headerNotJSON),
    HeaderCase("same name", "{\"a\":{\(u8)},\"a\":{\(u8)}}", 1, .duplicateTensor, differs: true),
    HeaderCase("same name, empty", two("0,0", "0,0", names: ("a", "a")), 0, .duplicateTensor, differs: true),
    HeaderCase("same name, escaped", two("0,1", "1,2", names: ("a", #"\u0061"#)), 2, .duplicateTensor),
    HeaderCase("metadata number", #"{"__metadata__":{"a":1}}"#, 0, .metadataNotStrings),
    HeaderCase("metadata null", #"{"__metadata__":{"a":null}}"#, 0, .metadataNotStrings),
    HeaderCase("metadata object", #"{"__metadata__":{"a":{"b":"c"}}}"#, 0, .metadataNotStrings),
    HeaderCase("metadata array", #"{"__metadata__":["a"]}"#, 0, .metadataNotStrings),
    HeaderCase("metadata text", #"{"__metadata__":"a"}"#, 0, .metadataNotStrings),
    HeaderCase("metadata as a tensor", "{\"__metadata__\":{\(u8)}}", 1, .metadataNotStrings),
    HeaderCase("metadata broken", #"{"__metadata__":{"a":1.}}"#, 0, .headerNotJSON),
    HeaderCase("metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, 0, .duplicateMetadata),
    HeaderCase(
      "metadata key twice", #"{"__metadata__":{"a":"1","a":"2"}}"#, 0, .duplicateMetadata, differs: true),
  ]

  static let entries: [HeaderCase] =
    [
      HeaderCase("null entry", #"{"a":null}"#, 0, .entryNotObject),
      HeaderCase("number entry", #"{"a":1}"#, 0, .entryNotObject),
      HeaderCase("text entry", #"{"a":"U8"}"#, 0, .entryNotObject),
      HeaderCase("array entry", #"{"a":["U8",[1],[0,1]]}"#, 1, .entryNotObject, differs: true),
      HeaderCase("empty entry", #"{"a":{}}"#, 0, .entryFieldMissing),
      HeaderCase("no dtype", #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1, .entryFieldMissing),
      HeaderCase("no shape", #"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, 1, .entryFieldMissing),
      HeaderCase("no offsets", #"{"a":{"dtype":"U8","shape":[1]}}"#, 1, .entryFieldMissing),
      HeaderCase("dtype twice", "{\"a\":{\(u8),\"dtype\":\"U8\"}}", 1, .entryFieldTwice),
      HeaderCase("shape twice", "{\"a\":{\(u8),\"shape\":[1]}}", 1, .entryFieldTwice),
      HeaderCase("offsets twice", "{\"a\":{\(u8),\"data_off\\u0073ets\":[0,1]}}", 1, .entryFieldTwice),
      HeaderCase("dtype number", one("8", "[1]", "[0,1]"), 1, .dtypeNotString),
      HeaderCase("dtype null", one("null", "[1]", "[0,1]"), 1, .dtypeNotString),
      HeaderCase("dtype object", one(#"{"U8":null}"#, "[1]", "[0,1]"), 1, .dtypeNotString, differs: true),
    ]
    + [
      "null", "1", "\"1\"", "{}", "[-1]", "[-0]", "[1.0]", "[1e0]", "[\"1\"]", "[[1]]", "[null]",
      "[18446744073709551616]",
    ]
    .map { HeaderCase("shape \($0)", one(#""U8""#, $0, "[0,1]"), 1, .shapeNotIntegers) }
    + [
      "null", "1", "[]", "[0]", "[0,1,2]", "[0,1.0]", "[0,1e0]", "[-0,1]", "[-1,0]", "[\"0\",1]", "[[0],1]",
      "{\"a\":1}",
      "[0,18446744073709551616]", "[9223372036854775808,9223372036854775809]",
    ]
    .map { HeaderCase("offsets \($0)", one(#""U8""#, "[1]", $0), 1, .offsetsNotIntegers) }

  static let layouts: [HeaderCase] =
    [
      HeaderCase("reversed", one(#""U8""#, "[2]", "[2,0]"), 2, .offsetsReversed),
      HeaderCase("reversed, empty", one(#""U8""#, "[0]", "[1,0]"), 0, .offsetsReversed),
      HeaderCase("hole", two("0,1", "2,3"), 3, .dataGap),
      HeaderCase("hole at the beginning", two("1,2", "2,3"), 3, .dataGap),
      HeaderCase("hole before nothing", two("0,1", "2,2"), 2, .dataGap),
      HeaderCase("hole, out of order", two("3,4", "0,1"), 4, .dataGap),
      HeaderCase("overlap", two("0,2", "1,3"), 3, .dataOverlap),
      HeaderCase("same place", two("0,1", "0,1"), 1, .dataOverlap),
      HeaderCase("one in the other", two("0,3", "1,2"), 3, .dataOverlap),
      HeaderCase("empty within", two("0,2", "1,1"), 2, .dataOverlap),
      HeaderCase("file one byte short", two("0,1", "1,3"), 2, .dataBeyondFile),
      HeaderCase("file without data", two("0,1", "1,3"), 0, .dataBeyondFile),
      HeaderCase(
        "far beyond the file", one(#""U8""#, "[9223372036854775807]", "[0,9223372036854775807]"), 1,
        .shapeOverflow),
      HeaderCase(
        "far beyond the file, unsized", one(#""U8""#, "[1152921504606846976]", "[0,1152921504606846976]"), 1,
        .dataBeyondFile),
      HeaderCase("one byte more", two("0,1", "1,3"), 4, .dataUncovered),
      HeaderCase("data without tensors", "{}", 1, .dataUncovered),
      HeaderCase("product overflow", one(#""U8""#, "[4294967296,4294967296]", "[0,1]"), 1, .shapeOverflow),
      HeaderCase(
        "product overflow before a zero", one(#""U8""#, "[9223372036854775807,3,0]", "[0,0]"), 0,
        .shapeOverflow),
      HeaderCase("bits overflow", one(#""F32""#, "[2305843009213693952]", "[0,1]"), 1, .shapeOverflow),
      HeaderCase("size of 64 bits", one(#""U8""#, "[18446744073709551615]", "[0,1]"), 1, .shapeOverflow),
      HeaderCase(
        "size of 64 bits, empty", one(#""U8""#, "[0,9223372036854775808]", "[0,0]"), 0, .shapeOverflow,
        differs: true),
      HeaderCase("F4 odd", one(#""F4""#, "[3]", "[0,2]"), 2, .partialByte),
      HeaderCase("F4 scalar", one(#""F4""#, "[]", "[0,1]"), 1, .partialByte),
      HeaderCase("F6 odd", one(#""F6_E3M2""#, "[2]", "[0,2]"), 2, .partialByte),
      HeaderCase("too few elements", one(#""U8""#, "[1]", "[0,2]"), 2, .sizeMismatch),
      HeaderCase("too many elements", one(#""U8""#, "[3]", "[0,2]"), 2, .sizeMismatch),
      HeaderCase("wrong dtype", one(#""F32""#, "[4]", "[0,8]"), 8, .sizeMismatch),
      HeaderCase("scalar of nothing", one(#""U8""#, "[]", "[0,0]"), 0, .sizeMismatch),
      HeaderCase("F4 mismatch", one(#""F4""#, "[2]", "[0,2]"), 2, .sizeMismatch),
      HeaderCase("unknown dtype beyond the file", one(#""Q4""#, "[1]", "[0,9]"), 8, .dataBeyondFile),
      HeaderCase("unknown dtype after a hole", one(#""Q4""#, "[1]", "[1,8]"), 8, .dataGap),
    ]
    + SizedDType.all.map {
      HeaderCase(
        "\($0.name) of one byte too much", one("\"\($0.name)\"", "[8]", "[0,\($0.bits + 1)]"), $0.bits + 1,
        .sizeMismatch)
    }

  static let all = legal + frames + texts + entries + layouts
}

/// The sizes of the format's element types, from its documentation.
enum SizedDType {
  static let all: [(name: String, bits: Int)] = [
    ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8),
    ("F8_E4M3", 8),
    ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("F16", 16),
    ("BF16", 16),
    ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64), ("I64", 64), ("U64", 64),
  ]
}
