import Functors
import Initializers
import JSONText
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

  /// The checkpoint's inventory: the one line to change where another inference is to be tested.
  static func inventory(of tensors: [TensorName]) -> Inventory? {
    try? Inventory(of: InferredTree(tensors).root)
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
struct Branch: Node {
  var children: [Child]
  init(_ children: [Child]) { self.children = children }
  func rebuilt(from parts: [any Node]) -> Branch { self }
}

/// A layer of any kind.
struct AnyLayer: Layer {
  static let fields = Fields<AnyLayer>(ordered: [])
  let kind: LayerKind
  var children: [Child]

  init(_ name: String, aliases: [String] = [], _ children: [Child]) {
    kind = LayerKind(name, aliases: aliases)
    self.children = children
  }
  func rebuilt(from parts: [any Node]) -> AnyLayer { self }
}

/// A small tensor that is never written to.
func parameter(_ key: Key, _ role: Role?, field: String? = nil, _ shape: Shape = [2], _ dtype: DType = .f32)
  -> Child
{
  Child(key, field: field, role: role, Tensor(lazy: shape, dtype: dtype))
}

/// Just enough inference for four checkpoints.
struct InferredTree {
  private final class Group {
    var order: [String] = []
    var groups: [String: Group] = [:]
    var tensors: [String: TensorName] = [:]
  }
  private let top = Group()

  init(_ tensors: [TensorName]) {
    for tensor in tensors { insert(tensor) }
  }

  private func insert(_ tensor: TensorName) {
    var group = top
    let parts = tensor.name.split(separator: ".").map(String.init)
    for part in parts.dropLast() {
      if group.groups[part] == nil { group.order.append(part) }
      let next = group.groups[part] ?? Group()
      group.groups[part] = next
      group = next
    }
    guard let last = parts.last else { return }
    group.order.append(last)
    group.tensors[last] = tensor
  }

  var root: any Node { node(top, named: "") }

  private func node(_ group: Group, named name: String) -> any Node {
    let fields = Set(group.tensors.keys)
    let children = group.order.compactMap { part -> Child? in
      if let inner = group.groups[part] { return Child(Key(part), node(inner, named: part)) }
      return group.tensors[part].map { leaf($0, part, beside: fields, in: name) }
    }
    let rank = (group.tensors["weight"] ?? group.tensors["kernel"])?.shape.rank ?? 0
    switch true {
    case name.hasPrefix("BatchNorm") || fields.contains("running_mean"):
      return AnyLayer("BatchNorm", aliases: ["BatchNorm1d", "BatchNorm2d"], children)
    case fields.contains("embedding") || rank == 2 && name.hasSuffix("embeddings"):
      return AnyLayer("Embedding", aliases: ["Embed"], children)
    case rank == 4: return AnyLayer("Conv", aliases: ["Conv1d", "Conv2d", "Conv3d"], children)
    case rank > 1: return AnyLayer("Dense", aliases: ["Linear"], children)
    case name.hasPrefix("LayerNorm"): return AnyLayer("LayerNorm", [Child("", AnyLayer("Scale", children))])
    case name.hasPrefix("MultiHead"):
      return AnyLayer("MultiHeadAttention", aliases: ["MultiHeadDotProductAttention"], children)
    default: return Branch(children)
    }
  }

  private func leaf(_ tensor: TensorName, _ part: String, beside fields: Set<String>, in layer: String)
    -> Child
  {
    let isBuffer = ["running_mean", "running_var", "mean", "var"].contains(part) || tensor.dtype == .i64
    let field =
      [
        "kernel": "weight", "embedding": "weight", "scale": "weight", "mean": "running_mean",
        "var": "running_var",
      ][part] ?? part
    let role: Role =
      isBuffer ? .buffer : part == "bias" ? .bias : tensor.shape.rank < 2 ? .scale : .weight
    return parameter(Key(part), role, field: field, tensor.shape, tensor.dtype)
  }
}
