import Reinit

/// Two linear layers and a norm.
struct Block: Layer {
  var fc1, fc2: Dense
  var norm: LayerNorm
  static let fields = FieldList(\Self.fc1, \.fc2, \.norm)

  init(_ width: Int = 4) {
    fc1 = Dense(in: width, out: width + 1)
    fc2 = Dense(in: width + 1, out: width, bias: false)
    norm = LayerNorm([width])
  }
}

/// Blocks between an embedding and a head.
struct Net: Layer {
  var embed: Embedding
  var blocks: [Block]
  var head: Dense
  static let fields = FieldList(\Self.embed, \.blocks, \.head)

  init(blocks count: Int = 2) {
    embed = Embedding(vocabulary: 6, size: 4)
    blocks = (0..<count).map { _ in Block() }
    head = Dense(in: 4, out: 3)
  }
}

/// A language model whose embedding and head are one tensor, at paths of different roles.
struct Tied: Layer {
  var embed: Holder
  var decoder: Deep
  static let fields = FieldList(\Self.embed, \.decoder)

  init() {
    let shared = Shared(Tensor(lazy: [6, 4]))
    embed = Holder(weight: shared)
    decoder = Deep(head: Holder(weight: shared))
  }
}

/// One tied weight.
struct Holder: Layer {
  var weight: Shared<Tensor>
  static let fields = FieldList(weights: \Self.weight)
  func geometry(of field: String) -> Geometry? { Geometry() }
}

/// A level more.
struct Deep: Layer {
  var head: Holder
  static let fields = FieldList(\Self.head)
}

/// An adapter around a frozen base.
struct Adapter: Layer {
  var base: Frozen<Dense>
  var down: Dense
  static let fields = FieldList(\Self.base, \.down)

  init() {
    base = Frozen(Dense(in: 3, out: 5))
    down = Dense(in: 3, out: 2, bias: false)
  }
}

extension Node {
  /// A copy with every parameter as its layer begins.
  func fresh() throws -> Self { try reinitialized(with: .default, seed: 99) }

  /// The bits of every leaf, by path.
  func bits() throws -> [String: Tensor] {
    try leaves(ties: .every).reduce(into: [:]) { $0[$1.path.description] = $1.tensor }
  }
}

/// The paths at which two models of one type differ.
func changes(_ a: some Node, _ b: some Node) throws -> Set<String> {
  let other = try b.bits()
  return Set(try a.bits().filter { other[$0.key] != $0.value }.keys)
}
