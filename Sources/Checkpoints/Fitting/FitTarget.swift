import Diagnostics
import Files
import Formats
import Functors
import JSONText
import LayerVocabulary
import Reinitialization
import Tensors

/// What a checkpoint is to become: the names and shapes of all its tensors.
public struct FitTarget: Sendable {
  /// One tensor; more than one name where places of a model share it.
  struct Item: Sendable {
    let names: [String]
    let shape: [Int]
    /// As in a file; nil for the type of the checkpoint's own floats.
    let dtype: String?
    /// The old tensor that is none of the same name, which rules may read.
    var base: String?
  }
  /// What it is called.
  public let text: String
  let items: [Item]
  /// The model, where it is one.
  let model: AnyNode?
  /// What says how it is configured; nil where nothing does.
  let config: ModelConfig?
  /// What was padded.
  let paddings: [Padding]
  /// The text of an adapter's configuration; nil for a target that is no adapter.
  let adapterConfig: String?

  init(
    called text: String, _ items: [Item], model: AnyNode? = nil, config: ModelConfig? = nil, paddings: [Padding] = [],
    adapterConfig: String? = nil
  ) {
    (self.text, self.items, self.model, self.config) = (text, items, model, config)
    (self.paddings, self.adapterConfig) = (paddings, adapterConfig)
  }

  /// Whether the result is an adapter: files of its own, which leave the checkpoint as it is.
  public var isAdapter: Bool { adapterConfig != nil }

  /// A model.
  public init(_ model: some Node, called text: String) throws(Diagnostic) {
    let inventory = try Inventory(of: model)
    var names: [Int: [String]] = [:]
    for leaf in inventory.leaves.indices {
      names[Int(inventory.leaves[leaf].tie), default: []].append(inventory.path(ofLeaf: leaf).description)
    }
    let items = names.sorted { $0.key < $1.key }.map { leaf, names in
      let value = inventory.leaves[leaf]
      return Item(
        names: names, shape: value.shape.sizes, dtype: value.dtype.isFloatingPoint ? nil : value.dtype.fileName)
    }
    self.init(called: text, items, model: AnyNode(model))
  }

  /// Another checkpoint: its names, types and shapes, and its configuration.
  /// - Throws: opening's codes.
  public init(checkpoint path: String) throws(Diagnostic) {
    let header = try CheckpointFiles(path).header
    self.init(
      called: path, header.entries.map { Item(names: [$0.name], shape: $0.shape, dtype: $0.dtype) },
      config: try ModelConfig.beside(path))
  }

  /// A file of names and shapes: lines `NAME TYPE [2, 3]`, the type left out for the checkpoint's own.
  /// - Throws: ``Diagnostics/ErrorCode/fitTarget``; reading's codes.
  public init(names path: String) throws(Diagnostic) {
    guard let text = try SmallFile.text(at: path) else {
      throw Diagnostic(.noSuchFile, "there is no such file", at: path)
    }
    var items: [Item] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.prefix { $0 != "#" && $0 != "\r" }
      guard line.contains(where: { $0 != " " && $0 != "\t" }) else { continue }
      items.append(try FitTarget.item(String(line), at: "\(path):\(number + 1)"))
    }
    self.init(called: path, items)
  }

  private static func item(_ line: String, at place: String) throws(Diagnostic) -> Item {
    let malformed = Diagnostic(
      .fitTarget, "a line is no name and shape", at: place, expected: "NAME TYPE [2, 3], the type may be left out",
      found: "'\(line)'")
    guard let open = line.lastIndex(of: "["), let close = line.lastIndex(of: "]"), open < close else { throw malformed }
    let words = line[..<open].split { $0 == " " || $0 == "\t" }
    let sizes = line[line.index(after: open)..<close].split { $0 == "," || $0 == " " }.map { Int($0) }
    let dtype = words.count == 2 ? DType(rawValue: words[1].lowercased()) : nil
    guard (1...2).contains(words.count), words.count == 1 || dtype != nil,
      let shape = Shape(checking: sizes.map { $0 ?? -1 })
    else { throw malformed }
    return Item(names: [String(words[0])], shape: shape.sizes, dtype: dtype?.fileName)
  }
}
