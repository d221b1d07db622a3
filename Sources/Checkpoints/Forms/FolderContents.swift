import Diagnostics
import Files

/// The names in a folder, and which of them are its checkpoint.
struct FolderContents {
  /// What in a folder is the checkpoint.
  enum Found: Equatable {
    /// The index of shards.
    case index(String)
    /// A file, or shards without an index.
    case files([String])
  }

  private let path: String
  private let names: [String]

  /// - Throws: R0602, R0605 where the folder cannot be read.
  init(_ path: String) throws(Diagnostic) {
    self.path = path
    names = try FolderListing(path).names
  }

  /// The path of a name in a folder.
  static func path(of name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The checkpoint: safetensors before PyTorch files, and the names that frameworks give before others, in the order in
  /// which transformers looks for them.
  /// - Throws: R0453 where several could be meant, R0454 where there is none; R0452 for a shard that is missing.
  func checkpoint() throws(Diagnostic) -> Found {
    for format in Format.allCases {
      for name in format.usual {
        if names.contains(name) { return .files([name]) }
        if names.contains(name + ".index.json") { return .index(name + ".index.json") }
      }
      if let index = try one(of: visible.filter { $0.hasSuffix(format.indexSuffix) }) { return .index(index) }
      let files = visible.filter { name in format.suffixes.contains { name.hasSuffix($0) } }
      if let shards = try shards(among: files) { return .files(shards) }
      if let file = try one(of: files) { return .files([file]) }
    }
    throw Diagnostic(
      .noCheckpoint, "there is no checkpoint in the folder", at: path,
      expected: "*.safetensors, *.safetensors.index.json, or a PyTorch file (.bin, .pt, .pth, .ckpt)",
      found: visible.isEmpty ? "an empty folder" : visible.prefix(5).joined(separator: ", "))
  }

  private enum Format: CaseIterable {
    case safetensors, pytorch

    var indexSuffix: String { self == .safetensors ? ".safetensors.index.json" : ".bin.index.json" }
    var suffixes: [String] { self == .safetensors ? [".safetensors"] : [".bin", ".pt", ".pth", ".ckpt"] }
    /// What transformers, diffusers and PEFT call a model.
    var usual: [String] {
      self == .safetensors
        ? ["model.safetensors", "diffusion_pytorch_model.safetensors", "adapter_model.safetensors"]
        : ["pytorch_model.bin", "diffusion_pytorch_model.bin", "adapter_model.bin"]
    }
  }

  /// Names that begin with a dot are nobody's checkpoint.
  private var visible: [String] { names.filter { !$0.hasPrefix(".") } }

  private func one(of names: [String]) throws(Diagnostic) -> String? {
    guard names.count > 1 else { return names.first }
    throw Diagnostic(
      .checkpointUndecided, "several checkpoints are in the folder", at: path,
      found: names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : ""),
      hints: names.prefix(3).map { "name one: " + FilePath.pasteable(Self.path(of: $0, in: path)) })
  }

  /// Shards without an index, if their names say that they are all of one checkpoint.
  private func shards(among files: [String]) throws(Diagnostic) -> [String]? {
    let named = files.compactMap { name in ShardName(name).map { (name: name, shard: $0) } }
    guard let first = named.first, files.count == named.count,
      named.allSatisfy({ $0.shard.whole == first.shard.whole && $0.shard.count == first.shard.count })
    else { return nil }
    let there = Set(named.map(\.shard.number))
    if let missing = (1...first.shard.count).first(where: { !there.contains($0) }) {
      throw Diagnostic(
        .shardMissing, "a shard is missing", at: path,
        expected: "shard \(missing) of \(first.shard.count) beside '\(first.name)'",
        found: "\(there.count) of \(first.shard.count) shards")
    }
    return named.map(\.name)
  }
}
