import Foundation
import Reinit
import Testing

/// A safetensors file made byte by byte, mostly a broken one.
enum Hostile {
  static let good = #"""
    {"fc.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},\#
    "fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}
    """#
  static let uncountable = #"""
    {"a":{"dtype":"X","shape":[4611686018427387904],"data_offsets":[0,4]},\#
    "b":{"dtype":"X","shape":[4611686018427387904],"data_offsets":[4,8]}}
    """#
  static let receipt = #"""
    {"version":1,"seed":"0","rules":["a"],"tensors":[{"path":"fc.weight","rule":0,"initializer":"normal",\#
    "method":"normal","numbers":{"mean":"0x0p+0","std":"0x1p+0"},"dtype":"f32","shape":[2,2]}]}
    """#

  static func file(_ header: String, data: Int = 24, length: UInt64? = nil) -> Data {
    let text = Data(header.utf8)
    let prefix = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Data($0) }
    return prefix + text + Data(count: data)
  }

  /// One tensor `a` with such an entry.
  static func entry(_ entry: String, data: Int = 4) -> Data { file(#"{"a":{\#(entry)}}"#, data: data) }

  /// The good tensors, with a receipt in which a piece of text is another.
  static func receipt(_ old: String, _ new: String) -> Data {
    let text = receipt.replacingOccurrences(of: old, with: new).replacingOccurrences(of: "\"", with: "\\\"")
    return file(
      #"{"__metadata__":{"reinit.receipt":"\#(text)"},"# + good.dropFirst() + String(repeating: " ", count: 600))
  }
}

/// What a hostile row is to end with.
struct Attack: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var data = Hostile.file(Hostile.good)
  var arguments: [String] = ["apply", "a.st", "--fill", "fc.weight=ones", "--in-place"]
  let status: Int32
  let code: String?

  init(_ name: String, _ data: Data, _ code: String?) {
    (testDescription, self.data, status, self.code) = (name, data, 65, code)
  }

  init(_ arguments: [String], exits status: Int32 = 64, _ code: String) {
    testDescription = arguments.joined(separator: " ")
    (self.arguments, self.status, self.code) = (arguments, status, code)
  }

  static func receipt(
    _ name: String, _ old: String, _ new: String, exits status: Int32 = 65, _ code: String = "R0215"
  ) -> Attack {
    var attack = Attack(["verify", "a.st"], exits: status, code)
    (attack.testDescription, attack.data) = (name, Hostile.receipt(old, new))
    return attack
  }

  static func fill(_ rule: String, _ code: String) -> Attack {
    Attack(["apply", "a.st", "--fill", rule, "--in-place"], code)
  }

  /// Options after a rule that is right.
  static func options(_ options: [String], exits status: Int32 = 64, _ code: String) -> Attack {
    Attack(["apply", "a.st", "--fill", "fc=ones"] + options, exits: status, code)
  }
}

@Suite("Hostile files and arguments")
struct HostileTests {
  static let files: [Attack] = [
    Attack("empty", Data(), "R0401"), Attack("seven bytes", Data(count: 7), "R0401"),
    Attack("no header", Hostile.file(""), "R0404"), Attack("cut", Hostile.file(Hostile.good).dropLast(), "R0419"),
    Attack("a byte more", Hostile.file(Hostile.good, data: 25), "R0420"),
    Attack("length 2^64-1", Hostile.file(Hostile.good, length: .max), "R0402"),
    Attack("length beyond the file", Hostile.file(Hostile.good, length: 1000), "R0403"),
    Attack("a list", Hostile.file("[]"), "R0404"),
    Attack("brackets", Hostile.file(#"{"a":"# + String(repeating: "[", count: 100_000)), "R0406"),
    Attack("null", Hostile.file(#"{"a":null}"#), "R0410"), Attack("no fields", Hostile.entry(""), "R0411"),
    Attack("one name twice", Hostile.file(#"{"a":{},"a":{}}"#), nil),
    Attack("negative size", Hostile.entry(#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#), "R0414"),
    Attack("size 1e400", Hostile.entry(#""dtype":"F32","shape":[1e400],"data_offsets":[0,4]"#), "R0406"),
    Attack("backwards", Hostile.entry(#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#), "R0416"),
    Attack("huge offset", Hostile.entry(#""dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]"#), nil),
    Attack("overflow", Hostile.entry(#""dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]"#), "R0421"),
    Attack("elements that cannot be added up", Hostile.file(Hostile.uncountable, data: 8), "R0421"),
    Attack("metadata as number", Hostile.file(#"{"__metadata__":{"a":1}}"#, data: 0), "R0408"),
  ]

  static let receipts: [Attack] = [
    .receipt("seed", #""seed":"0""#, #""seed":-1"#), .receipt("version", #""version":1"#, #""version":3"#),
    .receipt("negative count", "[2,2]", "[-2,2]"),
    .receipt("another shape", "[2,2]", "[4]", exits: 1, "not in the file"),
    .receipt("product overflows", "[2,2]", "[2147483648,2147483648]"),
    .receipt("bytes overflow", "[2,2]", "[4611686018427387904]"),
    .receipt("cut", "]}]}", ""),
    .receipt("unknown tensor", "fc.weight", "nope", exits: 1, "not in the file"),
    .receipt("dtype of another kind", #""f32""#, #""i64""#, exits: 1, "not in the file"),
    .receipt("unknown dtype", #""f32""#, #""f99""#), .receipt("unknown method", #":"normal","num"#, #":"magic","num"#),
    .receipt("method of matrices", #":"normal","num"#, #":"orthogonal","num"#, exits: 65, "R0117"),
    .receipt("NaN", "0x1p+0", "nan", exits: 65, "R0117"),
    .receipt("infinite", "0x1p+0", "inf", exits: 65, "R0117"),
    .receipt("no number", "0x1p+0", "one"),
  ]

  static let arguments: [Attack] = [
    Attack.fill("", "R0201"), .fill("fc", "R0201"), .fill("=zeros", "R0201"), .fill("fc=", "R0201"),
    .fill("fc=zeros(", "R0108"), .fill("fc=magic", "R0106"), .fill("fc=constant", "R0109"),
    .fill("fc=constant(1, 2)", "R0118"), .fill("fc=constant(value: 1, value: 2)", "R0110"),
    .fill("fc=constant(nan)", "R0105"), .fill("fc=constant(1e400)", "R0105"), .fill("fc=normal(std: -1)", "R0105"),
    .fill("fc=normal(std: inf)", "R0105"), .fill("fc=uniform(low: 1, high: 0)", "R0105"),
    .fill("fc=sparse(sparsity: 2)", "R0105"), .fill("fc.bias=orthogonal", "R0104"), .fill("nope=zeros", "R0203"),
    .fill("**.weight.x=zeros", "R0203"), .fill("\"fc=zeros", "R0201"), .fill("@x=zeros", "R0202"),
    .fill(String(repeating: "(", count: 10_000), "R0201"), .fill("\u{1B}[31m=zeros", "R0202"),
    Attack(["apply", "a.st", "--in-place"], "R0208"), .options([], "R0701"),
    .options(["--in-place", "--seed", "-1"], "R0701"),
    .options(["--in-place", "--seed", "18446744073709551616"], "R0701"),
    .options(["--in-place", "--threads", "0"], "R0701"), .options(["-o", "a.st", "--force"], exits: 73, "R0611"),
    .options(["-o", "no/b.st"], exits: 73, "R0612"), .options(["-o", "/dev/full"], exits: 73, "R0615"),
    .options(["--recipe", "/dev/zero", "--in-place"], exits: 66, "R0604"),
    Attack(["inspect", "/dev/zero"], exits: 66, "R0604"), Attack(["summary", "."], exits: 66, "R0454"),
    Attack(["summary", "no.st"], exits: 66, "R0601"), Attack(["summary", ""], "R0609"),
    Attack(["explain", "\u{1B}]0;x\u{7}"], "R0702"), Attack(["\u{1B}[31m"], "R0701"),
    Attack(["summary", "a.st", "--type", "fc=Magic"], "R0702"),
  ]

  private func carryOut(_ attack: Attack) throws {
    let folder = try Folder()
    try attack.data.write(to: folder.url.appendingPathComponent("a.st"))
    let (process, output, errors) = Command.process(attack.arguments, in: folder.url)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile() + errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let signal = process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil
    let shown = String(decoding: text, as: UTF8.self)
    let run = Run(status: process.terminationStatus, output: "", errors: shown, signal: signal)
    run.expectOrderly(attack.status)
    #expect(shown.contains(attack.code ?? "error[R"), "\(shown)")
    #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) })
    #expect(try folder.data("a.st") == attack.data)
    #expect(folder.files == ["a.st"])
  }

  @Test("A file that breaks the format is refused, and left as it is", arguments: files)
  func brokenFile(_ attack: Attack) throws { try carryOut(attack) }

  @Test("A receipt with any field that is wrong is refused by verify", arguments: receipts)
  func wrongReceipt(_ attack: Attack) throws { try carryOut(attack) }

  @Test("Arguments that make no sense are refused, and nothing is written", arguments: arguments)
  func wrongArguments(_ attack: Attack) throws { try carryOut(attack) }

  @Test("A histogram of values whose distance is not finite is drawn")
  func hugeRange() throws {
    let folder = try Folder()
    var data = Hostile.entry(#""dtype":"F64","shape":[3],"data_offsets":[0,24]"#, data: 0)
    for value in [-1.7e308, 0, 1.7e308] { data += withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) } }
    try data.write(to: folder.url.appendingPathComponent("a.st"))
    try Command.run("inspect", "a.st", "a", in: folder.url).expectOrderly(0)
  }

  @Test("Names never act on the terminal, in text and in JSON", arguments: ["text", "json"])
  func namesAreEscaped(format: String) throws {
    let folder = try Folder()
    let header = #"{"\u001b[31m\u009b1m\u202e\u007f.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    try Hostile.file(header, data: 4).write(to: folder.url.appendingPathComponent("a.st"))
    let run = try Command.run("summary", "a.st", "--format", format, in: folder.url)
    run.expectOrderly(0)
    #expect(!run.output.unicodeScalars.contains { "\u{1B}\u{9B}\u{202E}\u{7F}".unicodeScalars.contains($0) })
  }
}
