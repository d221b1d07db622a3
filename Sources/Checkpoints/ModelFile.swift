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

  /// The further paths of tied tensors, and the name that each is stored under: by our own metadata, and by that of
  /// torch's `save_model`.
  static func aliases(of header: SafeTensorsHeader) -> [ByteName: String] {
    let json = header.metadata[aliasesKey].flatMap { try? JSONValue(parsing: $0) }
    var aliases: [ByteName: String] = [:]
    for member in json?.object?.members ?? [] {
      if let name = member.value.string { aliases[ByteName(member.key)] = name }
    }
    for pair in header.metadata.pairs where header[pair.value] != nil { aliases[ByteName(pair.key)] = pair.value }
    return aliases
  }
}

extension Node {
  /// Writes every tensor of a model to a safetensors file, tied ones once, under their canonical names.
  ///
  /// - Parameters:
  ///   - receipt: who initialized what; it gets the hashes of what is written.
  ///   - metadata: further entries; `format: pt` is added, which other frameworks look for.
  /// - Throws: ``Diagnostics/ErrorCode/valueMissing`` if a tensor has no values yet; writing's codes.
  public func save(
    to path: String, receipt: Receipt? = nil, metadata: SafeTensorsMetadata = [:],
    options: ApplyOptions = ApplyOptions()
  ) throws(Diagnostic) {
    let parts = try ModelParts(of: self)
    var metadata = metadata
    if metadata["format"] == nil { metadata["format"] = "pt" }
    if !parts.aliases.members.isEmpty { metadata[ModelFile.aliasesKey] = JSONValue.object(parts.aliases).compact }
    let receipt = receipt?.hashed(from: parts.tensors)
    let header = try SafeTensorsHeader(
      layingOut: parts.tensors.map { ($0.name, $0.tensor.dtype.fileName, $0.tensor.shape.sizes) }, metadata: metadata)
    try Workers.checked(options.threads)
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
  /// A tied tensor may stand in the file under any of its paths, or under several if they are equal.
  ///
  /// - Parameter strict: whether tensors of the file that the model does not have are an error.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch`` for a tensor that is missing or, if strict, not wanted;
  ///   ``Diagnostics/ErrorCode/shapeMismatch``; ``Diagnostics/ErrorCode/tiedSourcesDiffer``; reading's codes.
  public func loaded(from path: String, strict: Bool = true) throws(Diagnostic) -> Self {
    let reader = try TensorReader(path)
    do throws(Diagnostic) {
      let names = try StoredNames(of: self, in: reader.files.header)
      if strict { try names.refuseRest(hints: ["pass strict: false to leave them out"]) }
      for copy in names.copies { try reader.requireSame(copy) }
      return try mapWithPath(.all) { (path, tensor) throws(Diagnostic) in
        try reader.tensor(try names.entry(for: path), like: tensor, at: path.description)
      }
    } catch { throw error.at(path) }
  }
}

extension Node {
  /// The model with its floating-point tensors of another type.
  public func converted(to dtype: DType) throws(Diagnostic) -> Self {
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
  ) throws(Diagnostic) -> Receipt {
    try plan.execute(on: &self, threads: options.threads)
    let receipt = Receipt(of: plan)
    try save(to: path, receipt: receipt, options: options)
    return receipt
  }
}

extension Tensor {
  /// A tensor of a safetensors file.
  /// - Throws: ``Diagnostics/ErrorCode/structureMismatch`` if the file has none of that name; reading's codes.
  public init(named name: String, in path: String) throws(Diagnostic) {
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

  init(of model: some Node) throws(Diagnostic) {
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

/// Reads tensors of one checkpoint by name.
private struct TensorReader {
  let files: CheckpointFiles
  let aliases: [ByteName: String]

  init(_ path: String) throws(Diagnostic) {
    files = try CheckpointFiles(path)
    aliases = ModelFile.aliases(of: files.header)
  }

  func entry(for path: String) throws(Diagnostic) -> SafeTensorsHeader.Entry {
    if let entry = files.header[path] ?? aliases[ByteName(path)].flatMap({ files.header[$0] }) { return entry }
    throw Diagnostic(
      .structureMismatch, "the file has no tensor for '\(path)'", at: files.path,
      hints: Suggestion.hint(for: path, in: files.header.entries.map(\.name)))
  }

  func tensor(_ entry: SafeTensorsHeader.Entry, like old: Tensor, at path: String) throws(Diagnostic) -> Tensor {
    guard entry.shape == old.shape.sizes else {
      throw Diagnostic(
        .shapeMismatch, "'\(path)' has another shape in the file", at: files.path, expected: "\(old.shape)",
        found: "\(entry.shape)")
    }
    guard let dtype = entry.elementType else {
      throw Diagnostic(
        .notFillable, "'\(path)' has a type that cannot be read into a model", at: files.path, found: entry.dtype)
    }
    var tensor = try Tensor(allocating: old.shape, dtype: dtype)
    try tensor.withMutableBytes { (bytes) throws(Diagnostic) in try files.read(entry, into: bytes) }
    return tensor.converted(to: old.dtype)
  }

  /// Refuses a file in which two places of a tied tensor have different values.
  func requireSame(_ copy: (path: String, name: String, first: String)) throws(Diagnostic) {
    let (a, b) = (try entry(for: copy.first), try entry(for: copy.name))
    let (first, second) = (try files.hash(of: a), try files.hash(of: b))
    guard a.shape == b.shape, a.dtype == b.dtype, first == second else {
      throw Diagnostic(
        .tiedSourcesDiffer, "'\(copy.path)' is tied in the model, and differs in the file from '\(copy.first)'",
        expected: "equal tensors '\(copy.first)' and '\(copy.name)'")
    }
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
    let byName = Dictionary(
      tensors.map { (ByteName($0.name), $0.tensor) }, uniquingKeysWith: { first, _ in first })
    var receipt = self
    for run in receipt.runs.indices {
      for entry in receipt.runs[run].tensors.indices {
        guard let tensor = byName[ByteName(receipt.runs[run].tensors[entry].fileName)] else { continue }
        receipt.runs[run].tensors[entry].hash = ContentHash(of: receipt.runs[run].tensors[entry].region, in: tensor)
      }
    }
    return receipt
  }
}
