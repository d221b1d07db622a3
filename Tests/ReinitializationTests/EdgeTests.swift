import Diagnostics
import Files
import Formats
import Glibc
import Reinit
import Testing

private func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? Diagnostic)?.code }
  return nil
}

private func temporary() -> String {
  "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/reinit-edge-\(getpid())-\(UInt64.random(in: .min ... .max))"
}

/// Two layers with a tied weight, as language models have it.
private struct Pair: Layer {
  var wte, head: Holder
  static let fields = FieldList(\Self.wte, \.head)

  init() {
    let shared = Shared(Tensor(lazy: [3, 2]))
    (wte, head) = (Holder(weight: shared), Holder(weight: shared))
  }
}

/// The same without the tie: what wrote the file.
private struct Apart: Layer {
  var wte, head: Dense?
  static let fields = FieldList(\Self.wte, \.head)
}

private func dense(_ values: [Float]) -> Dense {
  var layer = Dense(in: 2, out: 3, bias: false)
  layer.weight = Tensor(values, shape: [3, 2])
  return layer
}

@Suite("What a caller may get wrong")
struct CallerTests {
  @Test("A number of threads below 1, or beyond reason, is an error", arguments: [0, -1, 1025, Int.max])
  func threads(_ threads: Int) throws {
    var net = Net()
    #expect(code { try net.reinitialize(with: .default, seed: 1, threads: threads) } == .threadCount)
    let path = temporary()
    defer { unlink(path) }
    try net.reinitialize(with: .default, seed: 1)
    let options = ApplyOptions(threads: threads, force: true)
    #expect(code { try net.save(to: path, options: options) } == .threadCount)
  }

  @Test("A closure that reshapes a field is refused, and the model is as it was")
  func reshaping() throws {
    var net = try Net().reinitialized(with: .default, seed: 1)
    let before = net.head.weight
    let error = code {
      try net.reinitialize(Dense.self, seed: 2) { dense, _ in dense.weight = dense.weight.reshaped([dense.weight.count])
      }
    }
    #expect(error == .shapeMismatch && net.head.weight == before)
  }

  @Test("Without memory for a tensor the model is as it was")
  func memory() throws {
    struct Large: Layer {
      var small: Dense
      var large: Parameter
      var last: Dense
      static let fields = FieldList(\Self.small, \.large, \.last)
    }
    let before = try Dense(in: 2, out: 2).reinitialized(with: .default, seed: 1)
    var model = Large(small: before, large: Parameter([1 << 45]), last: before)
    #expect(
      code {
        try model.reinitialize(seed: 2) {
          Fill("large", with: .ones); Fill("*.weight", with: .ones)
        }
      } == .outOfMemory)
    #expect(model.last.weight == before.weight && model.last.bias == before.bias)
    #expect(model.small.weight == before.weight && model.small.bias == before.bias && model.large.value.isLazy)
  }

  @Test("A histogram without bins is an error", arguments: [0, -1, Int.max])
  func histogram(_ bins: Int) throws {
    let path = temporary()
    defer { unlink(path) }
    try dense([1, 2, 3, 4, 5, 6]).save(to: path, options: ApplyOptions(force: true))
    let file = try Checkpoint(opening: path)
    let entry = try file.header.entry(named: "weight")
    #expect(code { _ = try file.histogram(of: entry, bins: bins, from: 0, to: 7) } == .argumentOutOfRange)
    #expect(try file.histogram(of: entry, bins: 2, from: 0, to: 7) == [3, 3])
  }
}

@Suite("Ties in files of others")
struct StoredNameTests {
  private func load(_ stored: Apart) throws -> Pair {
    let path = temporary()
    defer { unlink(path) }
    try stored.save(to: path, options: ApplyOptions(force: true))
    return try Pair().loaded(from: path)
  }

  @Test("A tied tensor is read under either name, or under both where they are equal")
  func names() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    for stored in [
      Apart(wte: dense(values), head: nil), Apart(wte: nil, head: dense(values)),
      Apart(wte: dense(values), head: dense(values)),
    ] {
      let model = try load(stored)
      #expect(
        model.wte.weight.value.floats == values && model.head.weight.value.isIdentical(to: model.wte.weight.value))
    }
  }

  @Test("Two values for one tied tensor are an error, and so is none")
  func conflicts() throws {
    let stored = Apart(wte: dense([1, 2, 3, 4, 5, 6]), head: dense([1, 2, 3, 4, 5, 7]))
    #expect(code { _ = try load(stored) } == .tiedSourcesDiffer)
    #expect(code { _ = try load(Apart(wte: nil, head: nil)) } == .structureMismatch)
  }
}

@Suite("Names are bytes")
struct NameTests {
  private static let names = ["e\u{301}", "\u{e9}"]

  @Test("Two spellings of é are two keys, two paths, two tensors")
  func spellings() throws {
    let keys = Self.names.map { PathKey($0) }
    #expect(keys[0] != keys[1] && Set(keys).count == 2 && Set(Self.names.map { TreePath($0) }).count == 2)
    let path = temporary()
    defer { unlink(path) }
    let header = try SafeTensorsHeader(layingOut: Self.names.map { ("\($0).weight", "F32", [2, 2]) })
    let writer = try CheckpointWriter(path, header: header, force: true)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 32, alignment: 4)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 3)
    try writer.write(UnsafeRawBufferPointer(bytes), at: 0)
    try writer.commit()
    let file = try Checkpoint(opening: path)
    #expect(file.inventory.leaves.count == 2)
    for name in Self.names {
      let plan = try Plan(
        [Rule(RuleText(.fill("\"\(name)\".weight=ones")))], for: file.inventory, seed: 1)
      #expect(plan.steps.map { Array($0.name.utf8) } == [Array("\(name).weight".utf8)])
    }
  }
}

@Suite("Lists of hostile length")
struct LengthTests {
  @Test("Thirty thousand rules are held against a tree one by one")
  func rules() throws {
    // With work for each pair of rules this would be a thousand million steps.
    let rule = try Rule(RuleText(.fill("head.weight=ones")))
    let plan = try Plan(Array(repeating: rule, count: 30_000), for: Inventory(of: Net()), seed: 1)
    #expect(plan.steps.count == 1 && plan.warnings.isEmpty)
  }

  @Test("Rules times nodes beyond reason are refused")
  func tooMany() {
    #expect(code { try Plan.requireReasonable(rules: 1_000_000, nodes: 1_000_000) } == .tooManyRules)
    #expect(code { try Plan.requireReasonable(rules: .max, nodes: 0) } == .tooManyRules)
    #expect(code { try Plan.requireReasonable(rules: 40_000, nodes: 100_000) } == nil)
  }

  @Test("A closure that changes ten thousand layers has a receipt of as many entries")
  func closures() throws {
    // Held against each other, the names would be compared two hundred million times.
    var layers = (0..<20_000).map { _ in Dense(in: 1, out: 1, bias: false) }
    let receipt = try layers.reinitialize(Dense.self, seed: 1) { dense, _ in dense.weight = Tensor(zeros: [1, 1]) }
    #expect(receipt.runs[0].tensors.count == 20_000)
  }

  @Test("A hundred thousand names of types are numbered, not searched")
  func dtypes() throws {
    let entries = (0..<100_000).map { "\"t\($0)\":{\"dtype\":\"X\($0)\",\"shape\":[],\"data_offsets\":[0,0]}" }
    let text = Array("{\(entries.joined(separator: ","))}".utf8)
    let path = temporary()
    defer { unlink(path) }
    let file = fopen(path, "w")
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { _ = fwrite($0.baseAddress, 1, 8, file) }
    fwrite(text, 1, text.count, file)
    fclose(file)
    let header = try SafeTensorsFile(path).header
    #expect(header["t99999"]?.dtype == "X99999")
  }

  @Test("A name of more than 1 MiB is refused")
  func longNames() throws {
    for (length, expected) in [(1 << 20, nil), (1 << 20 + 1, ErrorCode.nameTooLong)] {
      let name = String(repeating: "a", count: length)
      let text = Array("{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}".utf8)
      let path = temporary()
      defer { unlink(path) }
      let file = fopen(path, "w")
      withUnsafeBytes(of: UInt64(text.count).littleEndian) { _ = fwrite($0.baseAddress, 1, 8, file) }
      fwrite(text, 1, text.count, file)
      fclose(file)
      #expect(code { _ = try SafeTensorsFile(path) } == expected)
    }
  }

  @Test("A model file of forty thousand brackets is refused for its depth", arguments: ["[", "{a: ", "- "])
  func yaml(_ text: String) {
    let error = #expect(throws: Diagnostic.self) {
      try ModelDocument.model(parsing: String(repeating: text, count: 40_000), named: "model.yaml")
    }
    #expect(error?.code == .malformedModel)
  }
}
