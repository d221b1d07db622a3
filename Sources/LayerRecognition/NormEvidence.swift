import LayerVocabulary
import Tensors

/// What a whole file says of how its norms begin.
///
/// A root-mean-square norm multiplies by w, which begins at 1, or by 1 + w, which begins at 0 (Gemma, Qwen3-Next, MiniMax-M3),
/// and the names are the same. Where a file has what such models have, and others as well, it is left open.
struct NormEvidence {
  /// Whether norms without biases may begin at 0.
  let mayBeginAtZero: Bool
  /// Whether all norms may: Praxis multiplies by 1 + w, with a bias or without; its attention has a scale for each dimension.
  let isCentered: Bool
  /// Whether norms behind residual branches may: attention with computed position biases (Swin v2) is normalized afterwards, and
  /// timm begins it at 0, torchvision at 1.
  let hasPostNorm: Bool

  init(_ trie: NameTrie, _ tensors: [NamedTensor], _ config: ModelConfig?) {
    let names = Set(trie.entries.map(\.name))
    isCentered = names.contains("per_dim_scale")
    hasPostNorm = names.contains("cpb_mlp") || names.contains("meta_mlp")
    // Norms of queries and keys in a decoder without biases.
    let hasHeadNorms = names.contains("input_layernorm") && names.contains("q_norm") && names.contains("k_norm")
    let isKin = config?.architectures.contains { $0.lowercased().contains("gemma") } ?? false
    mayBeginAtZero =
      isCentered || hasHeadNorms || isKin
      || trie.entries.contains { entry in
        if entry.name == "linear_attn" || entry.name.utf8.starts(with: "pre_feedforward_layernorm".utf8) { return true }
        return entry.tensor >= 0 && NormEvidence.isLargeVocabulary(entry.name, tensors[entry.tensor].tensor)
      }
  }

  /// The vocabularies of Gemma and its kin have from 256,000 to 262,400 entries.
  private static func isLargeVocabulary(_ name: String, _ tensor: Tensor) -> Bool {
    (name == "weight" || name == "embedding") && tensor.shape.rank == 2 && (256_000...262_400).contains(tensor.shape[0])
  }
}
