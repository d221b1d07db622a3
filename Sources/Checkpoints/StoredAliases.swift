import Diagnostics
import Formats
import Functors
import LayerRecognition
import LayerVocabulary
import Reinitialization

/// Further names of tensors: those that a file's metadata give for one that it has, and those under which a PyTorch file
/// has the same elements once more.
struct StoredAliases {
  /// Names that no tensor of the file has, and the one that each is stored under.
  private let absent: [ByteName: String]
  /// Tensors that are one, by the name of the first.
  private let views: [ByteName: ByteName]

  /// - Parameter ties: what is known of the architecture's ties.
  init(of files: CheckpointFiles, ties: [(alias: String, stored: String)] = []) {
    let header = files.header
    var absent = ModelFile.aliases(of: header).filter { header[$0.key.text] == nil && header[$0.value] != nil }
    var views: [ByteName: ByteName] = [:]
    for tie in ties {
      guard let stored = header[tie.stored] else { continue }
      if let alias = header[tie.alias] {
        if alias.shape == stored.shape, alias.dtype == stored.dtype {
          views[ByteName(tie.alias)] = ByteName(tie.stored)
        }
      } else {
        absent[ByteName(tie.alias)] = absent[ByteName(tie.alias)] ?? tie.stored
      }
    }
    self.absent = absent
    for case .pytorch(let file, _) in files.shards { views.merge(file.sameViews) { first, _ in first } }
    self.views = views
  }

  /// The head and the embedding that `tie_word_embeddings` makes one, where the file holds both, and no note says which they are.
  static func configuredTies(_ config: ModelConfig?, _ header: SafeTensorsHeader) -> [(alias: String, stored: String)] {
    guard config?.says("tie_word_embeddings") == true, let head = header["lm_head.weight"] else { return [] }
    let ends = [".embed_tokens.weight", ".wte.weight", ".word_embeddings.weight", ".embed_in.weight", "shared.weight"]
    let tables = header.entries.filter { entry in
      ends.contains { entry.name.hasSuffix($0) } && entry.shape == head.shape
    }
    return tables.count == 1 ? [(head.name, tables[0].name)] : []
  }

  /// The name in the file of what may be an alias.
  func stored(_ name: String) -> String { absent[ByteName(name)] ?? name }

  /// The tensors of the tree: those of the file, and those that are further names.
  func tensors(of header: SafeTensorsHeader) -> [NamedTensor] {
    let further = absent.sorted { $0.key < $1.key }.compactMap { alias, name in
      header[name].map { NamedTensor(alias.text, $0.named.tensor) }
    }
    return header.entries.map(\.named) + further
  }

  /// The leaves that are one tensor; of each group, the first is the one that the file has, or has first.
  func ties(
    _ entries: [SafeTensorsHeader.Entry], in inventory: Inventory, _ tree: InferredTree
  ) -> [[Int]] {
    guard !absent.isEmpty || !views.isEmpty else { return [] }
    var groups: [ByteName: [Int]] = [:]
    for leaf in inventory.leaves.indices {
      let stored = ByteName(entries[leaf].name)
      let first = views[stored] ?? stored
      let own = tree.fileName(of: inventory.path(ofLeaf: leaf).description)
      if ByteName(own) == first {
        groups[first, default: []].insert(leaf, at: 0)
      } else {
        groups[first, default: []].append(leaf)
      }
    }
    return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}

extension PyTorchFile {
  /// The names of tensors that are the same elements as an earlier one, and its name.
  fileprivate var sameViews: [ByteName: ByteName] {
    var views: [ByteName: ByteName] = [:]
    for group in sharedStorages {
      for (place, index) in group.enumerated() where entries[index].byteCount > 0 {
        let first = group[..<place].first { entries[$0].isSameView(as: entries[index]) }
        if let first { views[ByteName(entries[index].name)] = ByteName(entries[first].name) }
      }
    }
    return views
  }
}
