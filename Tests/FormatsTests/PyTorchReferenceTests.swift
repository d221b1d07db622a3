import Diagnostics
import Formats
import JSONText
import Testing

/// Files that torch wrote, against what torch itself says of them (Reference/make.py).
@Suite("PyTorch files") struct PyTorchReferenceTests {
  /// A file, and what torch read of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let version: String
    let name: String
    let json: JSONValue

    var testDescription: String { "\(version)/\(name)" }
    var path: String { "\(Reference.folder)\(version)/\(name).pt" }
    var tensors: [JSONValue] { json["tensors"]?.array ?? [] }

    func open() throws -> PyTorchFile {
      try PyTorchFile(path, branch: json["given"]?.bool == true ? json["branch"]?.string : nil)
    }
  }

  static let cases: [Case] = Reference.versions.flatMap { version -> [Case] in
    let json = try? JSONValue(parsing: Reference.read("\(version).json"))
    return (json?["cases"]?.object?.members ?? []).map {
      Case(version: version, name: $0.key, json: $0.value)
    }
  }

  static func ints(_ json: JSONValue?) -> [Int] { (json?.array ?? []).compactMap(\.int) }

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  @Test("Names, types, shapes, strides and bytes are torch's", arguments: cases)
  func equal(given: Case) throws {
    let file = try given.open()
    #expect(file.branch == given.json["branch"]?.string)
    #expect(file.entries.map(\.name) == given.tensors.compactMap { $0["name"]?.string })
    try #require(file.entries.count == given.tensors.count && !file.entries.isEmpty)
    for (entry, json) in zip(file.entries, given.tensors) {
      #expect(
        entry.dtype == json["dtype"]?.string && entry.shape == Self.ints(json["shape"]),
        "\(entry.name)")
      #expect(entry.strides == Self.ints(json["strides"]), "\(entry.name)")
      let bytes = Self.bytes(json["bytes"]?.string ?? "")
      #expect(try file.bytes(of: entry) == bytes && entry.byteCount == bytes.count, "\(entry.name)")
      #expect(file[entry.name] == entry)
    }
  }

  @Test("There are as many files as the script writes")
  func count() { #expect(Self.cases.count == 19 * Reference.versions.count) }

  @Test(
    "Any part of a tensor can be read, of views too",
    arguments: cases.filter { ["views", "columns"].contains($0.name) })
  func parts(given: Case) throws {
    let file = try given.open()
    var random = Seeded(state: 3)
    for entry in file.entries where entry.byteCount > 0 {
      let whole = try file.bytes(of: entry)
      for _ in 0..<40 {
        let start = Int.random(in: 0...whole.count, using: &random)
        var part = [UInt8](
          repeating: 0xEE, count: Int.random(in: 0...whole.count - start, using: &random))
        try part.withUnsafeMutableBytes { try file.read(entry, from: start, into: $0) }
        #expect(
          part == Array(whole[start..<start + part.count]), "\(entry.name) \(start) \(part.count)")
      }
      for start in [-1, whole.count, Int.max] {
        var byte: [UInt8] = [0]
        let error = #expect(throws: Diagnostic.self) {
          try byte.withUnsafeMutableBytes { try file.read(entry, from: start, into: $0) }
        }
        #expect(error?.code == .outsideTensor)
      }
    }
  }

  @Test(
    "Tensors that share a storage, and what wrappers put before names, are told", arguments: cases)
  func sharing(given: Case) throws {
    let file = try given.open()
    #expect(file.wrapperPrefix == given.json["prefix"]?.string)
    let shared = (given.json["shared"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    // Files with a model twice in them share all of it, but for these.
    guard !["average", "types"].contains(given.name) else { return }
    #expect(file.sharedStorages.map { $0.map { file.entries[$0].name } } == shared)
  }

  @Test("Ties are the same view, other parts of a storage are not", arguments: Reference.versions)
  func ties(version: String) throws {
    let tied = try PyTorchFile("\(Reference.folder)\(version)/tied.pt")
    #expect(try tied.entry(named: "embed.weight").isSameView(as: tied.entry(named: "head.weight")))
    #expect(try !tied.entry(named: "embed.weight").isSameView(as: tied.entry(named: "other")))
    let views = try PyTorchFile("\(Reference.folder)\(version)/views.pt")
    #expect(try !views.entry(named: "base").isSameView(as: views.entry(named: "transposed")))
    let error = #expect(throws: Diagnostic.self) { try views.entry(named: "bases") }
    #expect(error?.code == .unknownTensor && error?.hints == ["a similar name exists: base"])
  }

  @Test("Parts of a file are listed, and reached by name", arguments: Reference.versions)
  func branches(version: String) throws {
    let path = "\(Reference.folder)\(version)/checkpoint.pt"
    let file = try PyTorchFile(path)
    #expect(file.branches.map(\.name) == ["model", "optimizer", "optimizer.state"])
    #expect(file.branches.first?.tensorCount == file.entries.count)
    let optimizer = try PyTorchFile(path, branch: "optimizer.state")
    #expect(optimizer.entries.map(\.name).prefix(3) == ["0.step", "0.exp_avg", "0.exp_avg_sq"])
    let all = try PyTorchFile(path, branch: "")
    #expect(
      all.entries.first?.name.hasPrefix("model.") == true && all.entries.last?.name == "rng_state")
    let missing = #expect(throws: Diagnostic.self) { try PyTorchFile(path, branch: "modle") }
    #expect(missing?.code == .noSuchBranch && missing?.hints == ["a similar name exists: model"])
    let several = #expect(throws: Diagnostic.self) {
      try PyTorchFile("\(Reference.folder)\(version)/average.pt")
    }
    #expect(several?.code == .branchUndecided && several?.found == "'model' (9), 'model_ema' (9)")
  }

  static let refused: [(String, ErrorCode, String)] = [
    ("old_form.pt", .legacyTorchFormat, "before torch 1.6"),
    ("program.pt", .notTorchArchive, "TorchScript"),
    ("module.pt", .pickleGlobal, "torch.nn.modules.container.Sequential"),
  ]

  @Test("What else torch writes is refused by its name", arguments: refused, Reference.versions)
  func refuses(given: (name: String, code: ErrorCode, words: String), version: String) throws {
    let path = "\(Reference.folder)\(version)/\(given.name)"
    let error = try #require(throws: Diagnostic.self) { try PyTorchFile(path) }
    #expect(error.code == given.code && error.message.contains(given.words), "\(error)")
    #expect(!error.hints.isEmpty)
  }
}
