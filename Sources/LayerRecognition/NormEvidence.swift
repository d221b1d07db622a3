import Tensors

/// What a whole file says of the norms that have no bias.
///
/// A root-mean-square norm multiplies by w, which begins at 1, or by 1 + w, which begins at 0 (Gemma, Qwen3-Next), and the
/// names are the same. Where a file has what such models have, and a few of the others, it is left open.
struct NormEvidence {
  /// Whether norms without biases may begin at 0.
  let mayBeginAtZero: Bool

  init(_ trie: NameTrie, _ tensors: [NamedTensor]) {
    mayBeginAtZero = trie.entries.contains { entry in
      if entry.name == "linear_attn" || entry.name.utf8.starts(with: "pre_feedforward_layernorm".utf8) { return true }
      return entry.tensor >= 0 && NormEvidence.isLargeVocabulary(entry.name, tensors[entry.tensor].tensor)
    }
  }

  /// The vocabularies of Gemma and its kin have from 256,000 to 262,400 entries.
  private static func isLargeVocabulary(_ name: String, _ tensor: Tensor) -> Bool {
    (name == "weight" || name == "embedding") && tensor.shape.rank == 2 && (256_000...262_400).contains(tensor.shape[0])
  }
}
