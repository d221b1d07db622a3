import Initializers
import Tensors

/// Which axis of a matrix is the output.
enum Orientation {
  case outIn
  case inOut
  case unknown
}

/// What the whole file says about its layout, where a single tensor does not.
struct LayoutEvidence {
  private let options: RecognitionOptions
  /// How GPT-2's names are meant in this file.
  private var conv1D = Orientation.unknown
  /// Whether convolutions without further evidence have their channels last.
  private var hasChannelsLast = false

  init(_ trie: NameTrie, _ tensors: [NamedTensor], _ options: RecognitionOptions) {
    self.options = options
    var (inOut, outIn, channelsLast, channelsFirst) = (0, 0, 0, 0)
    for (place, entry) in trie.entries.enumerated() where entry.tensor >= 0 && entry.name == "weight" {
      let shape = tensors[entry.tensor].tensor.shape
      if shape.rank == 4, shape[1] != shape[3] {
        channelsFirst += shape[2] == shape[3] ? 1 : 0
        channelsLast += shape[1] == shape[2] ? 1 : 0
      }
      guard shape.rank == 2, entry.parent > 0, shape[0] != shape[1] else { continue }
      let name = trie.entries[entry.parent].name
      guard NameHint(name).isConv1D else { continue }
      let bias = trie.child("bias", of: entry.parent).map { trie.entries[$0].tensor }.flatMap {
        $0 < 0 ? nil : $0
      }
      switch LayoutEvidence.vote(name, shape, bias: bias.map { tensors[$0].tensor.shape }, at: place) {
      case .inOut: inOut += 1
      case .outIn: outIn += 1
      case .unknown: break
      }
    }
    if inOut > 0, outIn == 0 { conv1D = .inOut }
    if outIn > 0, inOut == 0 { conv1D = .outIn }
    hasChannelsLast = channelsLast > channelsFirst
  }

  /// What one of GPT-2's matrices says of all: its bias, or the widths that its name promises.
  private static func vote(_ name: String, _ shape: Shape, bias: Shape?, at place: Int) -> Orientation {
    if let byBias = byBias(shape, bias) { return byBias }
    let hint = NameHint(name)
    let (rows, columns) = (shape[0], shape[1])
    let factor = hint.hasWord("c_attn") ? 3 : 4
    let isWider = hint.hasWord("c_attn") || hint.hasWord("c_fc")
    if isMultiple(columns, of: rows, factor) { return isWider ? .inOut : .outIn }
    if isMultiple(rows, of: columns, factor) { return isWider ? .outIn : .inOut }
    return .unknown
  }

  /// The axis that a bias fits, if it fits one only.
  static func byBias(_ shape: Shape, _ bias: Shape?) -> Orientation? {
    guard let bias, bias.rank == 1, shape.rank == 2, shape[0] != shape[1] else { return nil }
    return bias[0] == shape[1] ? .inOut : bias[0] == shape[0] ? .outIn : nil
  }

  /// Whether one size is so many times the other.
  static func isMultiple(_ size: Int, of other: Int, _ factor: Int) -> Bool {
    other > 0 && size % factor == 0 && size / factor == other
  }

  /// The orientation of a matrix.
  func orientation(of shape: Shape, bias: Shape?, field: LeafField, hint: NameHint) -> Orientation {
    switch options.layout {
    case .torch, .mlx: return .outIn
    case .flax: return .inOut
    case .conv1d: return bias == nil ? .outIn : LayoutEvidence.byBias(shape, bias) ?? .inOut
    case .auto: break
    }
    if let byBias = LayoutEvidence.byBias(shape, bias) { return byBias }
    if field == .kernel || options.format == "flax" { return .inOut }
    return hint.isConv1D ? conv1D : .outIn
  }

  /// The layout of a convolution: torch, flax or mlx.
  func convolution(_ field: LeafField) -> WeightLayout {
    switch options.layout {
    case .torch, .conv1d: return .torch
    case .flax: return .flax
    case .mlx: return .mlx
    case .auto: break
    }
    if field == .kernel || options.format == "flax" { return .flax }
    switch options.format {
    case "pt": return .torch
    case "mlx": return .mlx
    default: return hasChannelsLast ? .mlx : .torch
    }
  }
}
