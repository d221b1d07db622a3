import Diagnostics
import Files
import Formats
import Functors
import JSONText
import LayerRecognition
import Reinitialization
import Tensors

/// Models to files and back, under the names that their paths give.
public enum ModelFile {
  /// The metadata's key for ties: a JSON object from each further path to the one whose tensor is stored.
  public static let aliasesKey = "reinit.aliases"

  /// The further paths of tied tensors, by path, and the path that each is stored under.
  static func aliases(in metadata: SafeTensorsMetadata) -> [String: String] {
    guard let text = metadata[aliasesKey], let json = try? JSONValue(parsing: text) else { return [:] }
    let pairs = json.object?.members.compactMap { member in member.value.string.map { (member.key, $0) } } ?? []
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}

extension Node {
  /// Writes every tensor of a model to a safetensors file, tied ones once, under their canonical names.
  ///
  /// - Parameters:
  ///   - receipt: who initialized what; it gets the hashes of what is written.
  ///   - metadata: further entries; `format: pt` is added, which other frameworks look for.
  /// - Throws: ``Diagnostics/Code/valueMissing`` if a tensor has no values yet; writing's codes.
  public func save(
    to path: String, receipt: Receipt? = nil, metadata: SafeTensorsMetadata = [:],
    options: ApplyOptions = ApplyOptions()
  ) throws {
    let parts = try ModelParts(of: self)
    var metadata = metadata
    if metadata["format"] == nil { metadata["format"] = "pt" }
    if !parts.aliases.members.isEmpty { metadata[ModelFile.aliasesKey] = JSONValue.object(parts.aliases).compact }
    let receipt = receipt?.hashed(from: parts.tensors)
    let header = try SafeTensorsHeader(
      layingOut: parts.tensors.map { ($0.name, $0.tensor.dtype.fileName, $0.tensor.shape.sizes) }, metadata: metadata)
    let target = try ReceiptTarget(receipt, for: header, at: path, limit: options.headerLimit)
    let writer = try CheckpointWriter(path, header: target.header, room: Checkpoint.room, force: options.force)
    writer.warnings.forEach(options.warning)
    try Workers.run(parts.tensors.count, threads: options.threads) { (index) throws(Diagnostic) in
      let tensor = parts.tensors[index].tensor
      try tensor.withBytes { (bytes) throws(Diagnostic) in
        try writer.write(bytes, at: header.entries[index].range.lowerBound)
      }
      try tensor.validate()
      options.progress(tensor.byteCount)
    }
    try target.commit(receipt, with: writer, sync: options.sync)
  }

  /// The model with every tensor read from a file, by name; converted to the model's element types.
  ///
  /// - Parameter strict: whether tensors of the file that the model does not have are an error.
  /// - Throws: ``Diagnostics/Code/structureMismatch`` for a tensor that is missing or, if strict, not wanted;
  ///   ``Diagnostics/Code/shapeMismatch``; reading's codes.
  public func loaded(from path: String, strict: Bool = true) throws -> Self {
    let reader = try TensorReader(path)
    var read: Set<String> = []
    let model = try mapWithPath(.all) { path, tensor in
      let entry = try reader.entry(for: path.description)
      read.insert(entry.name)
      return try reader.tensor(entry, like: tensor, at: path.description)
    }
    if strict { try reader.refuseRest(read) }
    return model
  }
}

extension Node {
  /// The model with its floating-point tensors of another type.
  public func converted(to dtype: DType) throws -> Self {
    try map(.all) { tensor in
      guard tensor.dtype.isFloatingPoint, tensor.dtype != dtype else { return tensor }
      return tensor.isLazy ? Tensor(lazy: tensor.shape, dtype: dtype) : tensor.converted(to: dtype)
    }
  }

  /// Carries a plan out on the model that it was made for, and writes the result to a file.
  /// - Returns: who initialized what, as the file's metadata has it.
  /// - Throws: what filling and writing throw; the output then does not exist, or is as it was.
  @discardableResult
  public mutating func initialize(
    by plan: Plan, writing path: String, options: ApplyOptions = ApplyOptions()
  ) throws -> Receipt {
    try plan.execute(on: &self, threads: options.threads)
    let receipt = Receipt(of: plan)
    try save(to: path, receipt: receipt, options: options)
    return receipt
  }
}

extension Tensor {
  /// A tensor of a safetensors file.
  /// - Throws: ``Diagnostics/Code/structureMismatch`` if the file has none of that name; reading's codes.
  public init(named name: String, in path: String) throws {
    let reader = try TensorReader(path)
    let entry = try reader.entry(for: name)
    guard let shape = Shape(checking: entry.shape), let dtype = entry.elementType else {
      throw Diagnostic(
        .notFillable, "'\(name)' has a type that cannot be read", at: path, found: entry.dtype)
    }
    self = try reader.tensor(entry, like: Tensor(lazy: shape, dtype: dtype), at: name)
  }
}

/// What of a model goes into a file.
private struct ModelParts {
  var tensors: [(name: String, tensor: Tensor)] = []
  var aliases = JSONObject()

  init(of model: some Node) throws {
    let inventory = try Inventory(of: model)
    let all = try model.leaves(ties: .every).map(\.tensor)
    var groups: [Int32: [Int]] = [:]
    for leaf in inventory.leaves.indices { groups[inventory.leaves[leaf].tie, default: []].append(leaf) }
    for leaf in inventory.leaves.indices where Int(inventory.leaves[leaf].tie) == leaf {
      let paths = (groups[Int32(leaf)] ?? [leaf]).map { inventory.path(ofLeaf: $0) }.sorted()
      guard let canonical = paths.first?.description else { continue }
      guard !all[leaf].isLazy else {
        throw Diagnostic(
          .valueMissing, "a tensor without values cannot be saved", at: canonical,
          hints: ["initialize it first: try model.reinitialize(with: .default, seed: 0)"])
      }
      tensors.append((canonical, all[leaf]))
      for alias in paths.dropFirst() { aliases.append(alias.description, .string(canonical)) }
    }
  }
}

/// Reads tensors of one file by name.
private struct TensorReader {
  let file: SafeTensorsFile
  let aliases: [String: String]

  init(_ path: String) throws(Diagnostic) {
    file = try SafeTensorsFile(path)
    aliases = ModelFile.aliases(in: file.header.metadata)
  }

  func entry(for path: String) throws(Diagnostic) -> SafeTensorsHeader.Entry {
    if let entry = file.header[path] ?? aliases[path].flatMap({ file.header[$0] }) { return entry }
    throw Diagnostic(
      .structureMismatch, "the file has no tensor for '\(path)'", at: file.path,
      hints: Suggestion.hint(for: path, in: file.header.entries.map(\.name)))
  }

  func tensor(_ entry: SafeTensorsHeader.Entry, like old: Tensor, at path: String) throws(Diagnostic) -> Tensor {
    guard entry.shape == old.shape.sizes else {
      throw Diagnostic(
        .shapeMismatch, "'\(path)' has another shape in the file", at: file.path, expected: "\(old.shape)",
        found: "\(entry.shape)")
    }
    guard let dtype = entry.elementType else {
      throw Diagnostic(
        .notFillable, "'\(path)' has a type that cannot be read into a model", at: file.path, found: entry.dtype)
    }
    var tensor = try Tensor(allocating: old.shape, dtype: dtype)
    try tensor.withMutableBytes { (bytes) throws(Diagnostic) in try file.read(entry, into: bytes) }
    return tensor.converted(to: old.dtype)
  }

  func refuseRest(_ read: Set<String>) throws(Diagnostic) {
    let rest = file.header.entries.filter { !read.contains($0.name) }
    guard let first = rest.first else { return }
    throw Diagnostic(
      .structureMismatch, "the file has tensors that the model does not have", at: file.path,
      found: "'\(first.name)'" + (rest.count > 1 ? " and \(rest.count - 1) more" : ""),
      hints: ["pass strict: false to leave them out"])
  }
}

extension Checkpoint {
  /// The tree with its tensors as views of the mapped file: read-only until written to, then copied.
  ///
  /// Tensors whose type this library does not interpret stay without bytes.
  /// - Throws: reading's codes; ``Diagnostics/Code/viewOutOfRange`` never for a file that was opened.
  public func mapped() throws -> any Node {
    let mapping = try MappedFile(file())
    let storage = Storage(borrowing: mapping.bytes, owner: mapping)
    var leaf = 0
    return try AnyNode(tree.root).map(.all) { tensor in
      defer { leaf += 1 }
      let entry = self.entry(ofLeaf: leaf)
      guard tensor.dtype != .opaque else { return tensor }
      return try Tensor(
        viewing: storage, at: header.dataStart + entry.range.lowerBound, shape: tensor.shape, dtype: tensor.dtype)
    }.presented
  }
}

extension MappedFile: StorageOwner {}

extension DType {
  /// The name in a safetensors file.
  var fileName: String { self == .bool ? "BOOL" : rawValue.uppercased() }
}

extension Receipt {
  /// The receipt with the hashes of tensors in memory; entries of other tensors keep theirs.
  fileprivate func hashed(from tensors: [(name: String, tensor: Tensor)]) -> Receipt {
    let byName = Dictionary(tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    var receipt = self
    for run in receipt.runs.indices {
      for entry in receipt.runs[run].tensors.indices {
        guard let tensor = byName[receipt.runs[run].tensors[entry].fileName] else { continue }
        receipt.runs[run].tensors[entry].hash = tensor.withBytes { ContentHash($0) }
      }
    }
    return receipt
  }
}
