import Reinit

/// Random trees of built-in layers and of layers in four languages, nested both ways, with ties across the borders.
struct MixedTree {
  static let size = 8
  private let catalog: PluginCatalog
  private var random: SeededGenerator
  /// A tensor that several places share.
  private let tied = Shared(Tensor((0..<size).map { Float($0) + 0.5 }))

  /// A tree whose tensors have contents.
  static func make(_ seed: Int, in catalog: PluginCatalog) throws -> AnyNode {
    var maker = MixedTree(catalog: catalog, random: SeededGenerator(seed: UInt64(seed)))
    let first = try maker.plugin(depth: 2, ties: true)
    let nodes = try [first] + (0..<3).map { _ in try maker.node(depth: 3) } + [maker.plugin(depth: 1, ties: true)]
    var tree = AnyNode(try Chain(nodes.enumerated().map { (PathKey.index($0.offset), $0.element as any Node) }))
    try tree.reinitialize(with: LayerDefault(), seed: UInt64(seed))
    return tree
  }

  private init(catalog: PluginCatalog, random: SeededGenerator) {
    self.catalog = catalog
    self.random = random
  }

  private mutating func node(depth: Int) throws -> any Layer {
    switch Int.random(in: 0..<6, using: &random) {
    case 0 where depth > 0: return Chain(try node(depth: depth - 1), try node(depth: depth - 1))
    case 1: return Dense(in: MixedTree.size, out: MixedTree.size)
    case 2: return LayerNorm([MixedTree.size])
    default: return try plugin(depth: depth, ties: Int.random(in: 0..<3, using: &random) == 0)
    }
  }

  private mutating func plugin(depth: Int, ties: Bool) throws -> any Layer {
    let language = Fixtures.languages.randomElement(using: &random) ?? "c"
    let hasBias = Bool.random(using: &random)
    let nested = depth > 0 && Bool.random(using: &random) ? [try node(depth: depth - 1)] : []
    let text = "\(Fixtures.layerName(language))(size: \(MixedTree.size), bias: \(hasBias))"
    guard let layer = try catalog.layer(text, children: nested) as? PluginLayer else { return PassThrough() }
    guard ties else { return layer }
    var parts = layer.children.map(\.node)
    parts[0] = tied
    return try layer.rebuilt(from: parts)
  }
}

extension Tensor {
  /// A vector.
  init(_ values: [Float]) {
    self.init(uninitialized: Shape([values.count]))
    withMutableBytes { bytes in values.withUnsafeBytes { bytes.copyMemory(from: $0) } }
  }

  /// The same shape, each element changed.
  func changed(_ change: (Float) -> Float) -> Tensor {
    var copy = self
    copy.withMutableBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for index in values.indices { values[index] = change(values[index]) }
    }
    return copy
  }

  /// All elements.
  var floats: [Float] { withBytes { Array($0.bindMemory(to: Float.self)) } }
}
