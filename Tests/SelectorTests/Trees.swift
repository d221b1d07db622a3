import Checkpoints
import Functors
import Initializers
import JSONText
import LayerRecognition
import LayerVocabulary
import Reinitialization
import Tensors

/// One tensor of a checkpoint.
struct TensorName {
  let name: String
  let dtype: DType
  let shape: Shape
}

/// The checkpoints that the cases are about.
enum Trees {
  static let resnet18 = read("resnet18")
  static let names = ["resnet18", "inception_v3", "minilm", "flax"]

  /// The checkpoint's inventory, as the command line infers it.
  static func inventory(of tensors: [TensorName]) -> Inventory? {
    let lazy = tensors.map { NamedTensor($0.name, Tensor(lazy: $0.shape, dtype: $0.dtype)) }
    return try? Inventory(of: AnyNode(InferredTree.infer(lazy).root))
  }

  static let all: [String: Inventory] = names.reduce(into: [:]) { $0[$1] = read($1) }

  static func read(_ name: String) -> Inventory? { (try? tensors(name)).flatMap(inventory(of:)) }

  static func tensors(_ name: String) throws -> [TensorName] {
    try (json("Trees/\(name).json").array ?? []).compactMap { row in
      guard let name = row[0]?.string, let dtype = row[1]?.string.flatMap(DType.init(rawValue:)),
        let shape = row[2]?.array.flatMap({ Shape(checking: $0.compactMap(\.int)) })
      else { return nil }
      return TensorName(name: name, dtype: dtype, shape: shape)
    }
  }
}

/// A node with children and nothing else.
struct SkippedBranch: Node {
  var children: [NodeChild]
  init(_ children: [NodeChild]) { self.children = children }
  func rebuilt(from parts: [any Node]) -> SkippedBranch { self }
}

/// A layer of any kind.
struct AnyLayer: Layer {
  static let fields = FieldList<AnyLayer>(ordered: [])
  let kind: LayerKind
  var children: [NodeChild]

  init(_ name: String, aliases: [String] = [], _ children: [NodeChild]) {
    kind = LayerKind(name, aliases: aliases)
    self.children = children
  }
  func rebuilt(from parts: [any Node]) -> AnyLayer { self }
}

/// A small tensor that is never written to.
func parameter(
  _ key: PathKey, _ role: ParameterRole?, field: String? = nil, _ shape: Shape = [2], _ dtype: DType = .f32
)
  -> NodeChild
{
  NodeChild(key, field: field, role: role, Tensor(lazy: shape, dtype: dtype))
}
