import Diagnostics
import Functors
import Initializers
import JSONText
import Reinitialization
import Tensors

/// A safetensors file seen as a model: a tree with inferred layers, whose paths are the tensors' names.
///
/// Opening reads the header alone; the tensors of the tree are lazy.
public struct Checkpoint: Sendable {
  /// The path as given.
  public let path: String
  /// The file's names, types, shapes and metadata.
  public let header: SafeTensorsHeader
  /// The tree of lazy tensors.
  public let tree: InferredTree
  /// The tree laid flat.
  public let inventory: Inventory

  /// Opens a file and infers its tree.
  /// - Throws: everything that can be wrong with the file; ``Diagnostics/Code/journalPending`` where an in-place
  ///   run was interrupted.
  public init(opening path: String, options: InferenceOptions = InferenceOptions()) throws {
    try Journal.refuseIfPending(path)
    try self.init(path, SafeTensorsFile(path).header, options)
  }

  /// A checkpoint from a header that has been read.
  init(_ path: String, _ header: SafeTensorsHeader, _ options: InferenceOptions) throws {
    self.path = path
    self.header = header
    var options = options
    options.format = options.format ?? header.metadata["format"]
    tree = try InferredTree.infer(header.entries.map(\.named), options: options)
    inventory = try Inventory(of: tree.root)
  }

  /// The file's entry of a leaf of the tree.
  public func entry(ofLeaf leaf: Int) -> SafeTensorsHeader.Entry { header.entries[tree.order[leaf]] }

  /// Holds rules against the tree.
  /// - Throws: whatever is wrong with the rules for this file.
  public func plan(_ rules: [Rule], seed: UInt64, branches: [Selector] = []) throws -> Plan {
    try Plan(rules, for: inventory, seed: seed, branches: branches)
  }
}

extension SafeTensorsHeader.Entry {
  /// The tensor as the tree's inference sees it: lazy, opaque if its type is not one of ours.
  var named: NamedTensor {
    let shape = Shape(checking: shape) ?? [0]
    let tensor = elementType.map { Tensor(lazy: shape, dtype: $0) } ?? Tensor(opaque: shape, byteCount: range.count)
    return NamedTensor(name: name, tensor: tensor)
  }

  /// The type of the elements, if it is one that this library reads.
  public var elementType: DType? {
    switch dtype {
    case "F64": .f64
    case "F32": .f32
    case "F16": .f16
    case "BF16": .bf16
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
