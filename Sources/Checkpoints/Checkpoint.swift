import Architectures
import Diagnostics
import Formats
import Functors
import Initializers
import JSONText
import LayerRecognition
import LayerVocabulary
import Reinitialization
import Tensors

/// A checkpoint seen as a model: a tree with inferred layers, whose paths are the tensors' names.
///
/// It is a safetensors file, a file of `torch.save`, a folder with one of these or with shards, or the index of shards.
/// Opening reads the header alone; the tensors of the tree are lazy.
public struct Checkpoint: Sendable {
  /// The path as given.
  public let path: String
  /// The names, types, shapes and metadata of all files; ranges are counted from the beginning of the data of all.
  public let header: SafeTensorsHeader
  /// The tree laid flat; its tensors are lazy.
  public let inventory: Inventory
  /// What is known of its architecture; nil where no note fits.
  public let architecture: NoteFit?
  /// What `config.json` says, and the architecture's note knows of its fields; nil where there is neither.
  public let config: ModelConfig?
  let tree: InferredTree
  private let entries: [SafeTensorsHeader.Entry]
  private let stateDict: String?

  /// Opens a checkpoint and infers its tree.
  /// - Throws: everything that can be wrong with a file, a folder or an index; ``Diagnostics/ErrorCode/journalPending`` where an in-place
  ///   run was interrupted.
  public init(opening path: String, reading: TreeReading = TreeReading()) throws(Diagnostic) {
    self.path = path
    stateDict = reading.stateDict
    let files = try CheckpointFiles(path, stateDict: stateDict)
    header = files.header
    try Checkpoint.requireCountable(header, path)
    let reading = try reading.withConfig(beside: path)
    architecture = try reading.architecture(of: header)
    config = architecture?.config ?? reading.options.config
    let ties = architecture?.ties ?? StoredAliases.configuredTies(config, files.header)
    let aliases = StoredAliases(of: files, ties: ties)
    tree = try reading.tree(of: header, aliases, architecture)
    let inventory = try Inventory(of: AnyNode(tree.root))
    entries = try Checkpoint.entries(of: inventory, tree, header, aliases)
    var tied = reading.model == nil ? inventory.tying(aliases.ties(entries, in: inventory, tree)) : inventory
    if let architecture { tied.residualOut = try architecture.residualOut() }
    self.inventory = tied
  }

  /// What the architecture's note says of layers and the file's tensors are not.
  public var warnings: [String] { tree.warnings }

  /// The files, open for reading.
  /// - Throws: as opening them; ``Diagnostics/ErrorCode/planMismatch`` if they are not those that this was read from.
  func files() throws(Diagnostic) -> CheckpointFiles {
    let files = try CheckpointFiles(path, stateDict: stateDict)
    try requireUnchanged(files.header)
    return files
  }

  /// Refuses a file with another header than this was read from.
  func requireUnchanged(_ now: SafeTensorsHeader) throws(Diagnostic) {
    guard now.headerLength == header.headerLength, now.metadata == header.metadata,
      now.entries.elementsEqual(header.entries)
    else {
      throw Diagnostic(
        .planMismatch, "the file has changed since it was opened", at: path, hints: ["run the command again"])
    }
  }

  /// Refuses shapes whose elements cannot be added up: of a type that is not known, no size limits them.
  private static func requireCountable(_ header: SafeTensorsHeader, _ path: String) throws(Diagnostic) {
    var total = 0
    for entry in header.entries {
      let (sum, overflows) = total.addingReportingOverflow(Shape(checking: entry.shape)?.count ?? Int.max)
      guard !overflows else {
        throw Diagnostic(
          .shapeOverflow, "the tensors have more elements together than can be counted", at: path,
          expected: "fewer than 2^63", found: "\(entry.dtype) \(entry.shape) among them")
      }
      total = sum
    }
  }

  /// The file's entry of each leaf.
  private static func entries(
    of inventory: Inventory, _ tree: InferredTree, _ header: SafeTensorsHeader, _ aliases: StoredAliases
  ) throws(Diagnostic) -> [SafeTensorsHeader.Entry] {
    try inventory.leaves.indices.map { (leaf) throws(Diagnostic) in
      let name = tree.fileName(of: inventory.path(ofLeaf: leaf).description)
      return try header.entry(named: aliases.stored(name))
    }
  }

  /// What is worth saying of the names before rules are written for them.
  public var advice: [String] {
    let names = inventory.leaves.indices.lazy.map { inventory.path(ofLeaf: $0).description }
    guard let prefix = WrapperPrefix.common(to: names) else { return [] }
    return ["all names begin with '\(prefix)', which a wrapper put there: --strip-prefix \(prefix) leaves it out"]
  }

  /// The file's entry of a leaf of the tree.
  public func entry(ofLeaf leaf: Int) -> SafeTensorsHeader.Entry { entries[leaf] }

  /// Holds rules against the tree.
  /// - Throws: whatever is wrong with the rules for this file.
  public func plan(_ rules: [Rule], seed: UInt64, branches: [Selector] = []) throws(Diagnostic) -> Plan {
    try plan(rules, seed: seed, branches: branches, predecessors: nil)
  }

  /// The same where tensors of another checkpoint stand for the old values of some.
  func plan(
    _ rules: [Rule], seed: UInt64, branches: [Selector] = [], predecessors: [ByteName: Predecessor]?
  ) throws(Diagnostic) -> Plan {
    do {
      return try Plan(
        rules, for: inventory, seed: seed, branches: branches, library: CheckpointHeaders(), config: config,
        values: CheckpointValues(of: self), predecessors: predecessors)
    } catch { throw naming(error) }
  }

  /// An error about elements of a type that is none of ours, with the file's name for the type.
  private func naming(_ error: Diagnostic) -> Diagnostic {
    guard error.code == .notFillable, error.found == DType.opaque.rawValue, let place = error.place else {
      return error
    }
    let leaf = inventory.leaves.indices.first { place.hasPrefix("\(inventory.path(ofLeaf: $0)), rule") }
    guard let type = leaf.map({ entries[$0].dtype }) else { return error }
    var named = error
    named.found = type == "C64" ? "C64 (complex64: two f32 for each element)" : type
    return named
  }
}

extension SafeTensorsHeader.Entry {
  /// The tensor as the tree's inference sees it: lazy, opaque if its type is not one of ours.
  var named: NamedTensor {
    let shape = Shape(checking: shape) ?? [0]
    let tensor = elementType.map { Tensor(lazy: shape, dtype: $0) } ?? Tensor(opaque: shape, byteCount: range.count)
    return NamedTensor(name, tensor)
  }

  /// The type of the elements, if it is one that this library reads.
  public var elementType: DType? {
    switch dtype {
    case "F64": .f64
    case "F32": .f32
    case "F16": .f16
    case "BF16": .bf16
    case "F8_E4M3": .f8e4m3
    case "F8_E5M2": .f8e5m2
    case "I64": .i64
    case "I32": .i32
    case "I16": .i16
    case "I8": .i8
    case "U64": .u64
    case "U32": .u32
    case "U16": .u16
    case "U8": .u8
    case "BOOL": .bool
    default: nil
    }
  }
}
