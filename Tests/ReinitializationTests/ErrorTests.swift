import Diagnostics
import Files
import Formats
import Foundation
import Reinit
import Testing

@Suite("Errors of trees, files and recipes")
struct ErrorTests {
  private func temporary(_ name: String = "a.safetensors") -> String {
    NSTemporaryDirectory() + "reinit-\(UUID())-\(name)"
  }

  @Test("A view must lie within its storage")
  func view() throws {
    final class Owner: StorageOwner {
      func validate() throws(Diagnostic) {}
    }
    let bytes = [UInt8](repeating: 0, count: 16)
    try bytes.withUnsafeBytes { bytes in
      let storage = Storage(borrowing: bytes, owner: Owner())
      let view = try Tensor(viewing: storage, at: 8, shape: [2], dtype: .f32)
      #expect(view.isView && view.elements == [0, 0])
      for (offset, count) in [(9, 2), (-1, 1), (16, 1), (.max, 1)] {
        let error = #expect(throws: Diagnostic.self) {
          try Tensor(viewing: storage, at: offset, shape: [count], dtype: .f32)
        }
        #expect(error?.code == .viewOutOfRange)
      }
    }
  }

  @Test("A view is copied on the first write, and the bytes that it views stay")
  func copyOnWrite() throws {
    let path = temporary()
    defer { unlink(path) }
    let model = try Dense(in: 3, out: 2).reinitialized(with: .default, seed: 1)
    try model.save(to: path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let (mapping, header) = (try MappedFile(FileHandle.open(path)), try SafeTensorsFile(path).header)
    let entry = try #require(header["weight"])
    let weight = try Tensor(
      viewing: Storage(borrowing: mapping.bytes, owner: mapping), at: header.dataStart + entry.range.lowerBound,
      shape: Shape(entry.shape), dtype: .f32)
    #expect(weight.isView && weight == model.weight)
    var copy = weight
    copy.withMutableBytes { $0[0] ^= 0xff }
    #expect(copy != weight && weight == model.weight)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("An integer tensor is refused unless a later rule keeps it")
  func notFillable() throws {
    let error = #expect(throws: Diagnostic.self) {
      try BatchNorm(4).plan(seed: 1) { Fill("num_batches_tracked", with: .zeros) }
    }
    #expect(error?.code == .notFillable && error?.hints.first?.contains("--keep") == true)
    let plan = try BatchNorm(4).plan(seed: 1) {
      Fill("@buffer", with: .ones)
      Keep("num_batches_tracked")
    }
    #expect(plan.steps.map(\.name) == ["running_mean", "running_var"])
  }

  @Test("A lazy tensor cannot be saved, and nothing is left behind")
  func lazy() throws {
    let path = temporary()
    let error = #expect(throws: Diagnostic.self) { try Dense(in: 3, out: 2).save(to: path) }
    #expect(error?.code == .valueMissing)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A file without a receipt cannot be verified")
  func receiptMissing() throws {
    let path = temporary()
    defer { unlink(path) }
    try Dense(in: 3, out: 2).reinitialized(with: .zeros, seed: 1).map(.all) { $0.isLazy ? Tensor(zeros: $0.shape) : $0 }
      .save(to: path)
    let error = #expect(throws: Diagnostic.self) { try Checkpoint(opening: path).verify() }
    #expect(error?.code == .receiptMissing)
  }

  @Test("A plan for a file that has changed since is refused")
  func planMismatch() throws {
    let path = temporary()
    defer { unlink(path) }
    try Dense(in: 3, out: 2).reinitialized(with: .default, seed: 1).save(to: path)
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(try Selector(parsing: "Dense"), fill: .zeros)], seed: 1)
    try Dense(in: 4, out: 2).reinitialized(with: .default, seed: 1).save(to: path, options: ApplyOptions(force: true))
    let error = #expect(throws: Diagnostic.self) { try checkpoint.applyInPlace(plan) }
    #expect(error?.code == .planMismatch)
  }

  @Test("A recipe that is neither built in nor a file, or no text, is refused")
  func recipes() throws {
    #expect(throws: Diagnostic.self) { try Recipe.named("brt") }
    let path = temporary("recipe")
    let unknown = #expect(throws: Diagnostic.self) { try Recipe.named(path) }
    #expect(unknown?.code == .unknownRecipe)
    defer { unlink(path) }
    try Data([0x43, 0xff, 0xfe]).write(to: URL(fileURLWithPath: path))
    let binary = #expect(throws: Diagnostic.self) { try Recipe.named(path) }
    #expect(binary?.code == .notText)
  }

  @Test("Every rule of every built-in recipe reaches something in a model that has what it speaks of")
  func builtIn() throws {
    #expect(Set(Recipe.all.map(\.name)).count == Recipe.all.count && Recipe.all.count > 20)
    let models =
      try ModelDescriptor.all.map { try AnyNode($0.build()) }
      + Self.layers.map { AnyNode(try LayerRegistry.standard.layer(parsing: $0)) } + [
        AnyNode(NodeList(indexing: [GPT()]))
      ]
    let inventories = try models.map { try Inventory(of: $0) }
    for recipe in Recipe.all {
      var unreached = Set(recipe.rules.map(\.text))
      for inventory in inventories where !unreached.isEmpty {
        // A rule without '?' is an error in a model that has nothing of the kind.
        guard let plan = try? Plan(recipe.rules, for: inventory, seed: 0) else { continue }
        unreached.subtract(plan.rules.filter(\.isReached).map(\.text))
      }
      // The second head of Inception v3 is one of its options.
      unreached.remove("AuxLogits.fc.weight?=truncated_normal(std: 0.001)")
      #expect(unreached.isEmpty, "\(recipe.name)")
    }
  }

  /// Layers that are in no built-in model.
  private static let layers = [
    "RNN(in: 3, hidden: 2)", "LSTM(in: 3, hidden: 2)", "GRU(in: 3, hidden: 2)", "RMSNorm([4])",
    "Embedding(vocabulary: 5, size: 2)",
    "Bilinear(in: 2, 3, out: 4)", "ConvTranspose(in: 2, out: 3, kernel: [2, 2])", "PReLU",
    "GroupNorm(groups: 2, 4)",
  ]

  /// A layer under a name of GPT-2's.
  private struct GPT: Layer {
    var c_proj = Dense(in: 2, out: 2)
    static let fields = FieldList(\Self.c_proj)
  }

  @Test("Every family begins by a recipe that there is, and every tensor of every model gets values")
  func families() throws {
    for model in ModelDescriptor.all {
      let rules = try Recipe.named("fresh").rules + Recipe.named(model.family.recipe).rules
      let plan = try Plan(rules, for: Inventory(of: model.build()), seed: 0)
      #expect(plan.untouched.isEmpty && plan.kept.isEmpty, "\(model.name)")
    }
  }

  @Test("Loading a model names what is missing, what is too much, and what has another shape")
  func loading() throws {
    let path = temporary()
    defer { unlink(path) }
    try Net().reinitialized(with: .default, seed: 1).save(to: path)
    let missing = #expect(throws: Diagnostic.self) { try Net(blocks: 3).loaded(from: path) }
    #expect(missing?.code == .structureMismatch && missing?.message.contains("blocks.2") == true)
    let rest = #expect(throws: Diagnostic.self) { try Net(blocks: 1).loaded(from: path) }
    #expect(rest?.code == .structureMismatch)
    #expect(try Net(blocks: 1).loaded(from: path, strict: false).head.weight.count == 12)
    var other = Net()
    other.head = Dense(in: 5, out: 3)
    let shape = #expect(throws: Diagnostic.self) { try other.loaded(from: path) }
    #expect(shape?.code == .shapeMismatch)
  }

  @Test("A tied tensor is stored once under its canonical name, and comes back tied")
  func ties() throws {
    let path = temporary()
    defer { unlink(path) }
    let model = try Tied().reinitialized(seed: 3) { Fill("embed.weight", with: .normal(std: 1)) }
    try model.save(to: path)
    let file = try SafeTensorsFile(path)
    #expect(file.header.entries.map(\.name) == ["embed.weight"])
    #expect(file.header.metadata["reinit.aliases"] == #"{"decoder.head.weight":"embed.weight"}"#)
    let checkpoint = try Checkpoint(opening: path)
    let plan = try checkpoint.plan([Rule(try Selector(parsing: "decoder.head.weight"), fill: .zeros)], seed: 1)
    #expect(plan.steps.map(\.name) == ["embed.weight"] && plan.steps[0].aliases == ["decoder.head.weight"])
    let loaded = try Tied().loaded(from: path)
    #expect(loaded.embed.weight.value == model.embed.weight.value)
    #expect(loaded.decoder.head.weight.value == model.embed.weight.value)
  }
}
