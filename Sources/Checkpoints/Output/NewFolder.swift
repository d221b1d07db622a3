import Diagnostics
import Files
import Formats
import Glibc

/// The folder that a run writes: the shards under their names, the index, and copies of all other files.
struct NewFolder {
  private let temporary: TemporaryFolder
  private let source: CheckpointFiles
  private let target: String
  private let names: [String]
  private let options: ApplyOptions
  private let copy: FolderCopy

  /// - Throws: R0456 for a target that must not be replaced; R0610, R0611, R0612 to R0616.
  init(_ target: String, of source: CheckpointFiles, _ options: ApplyOptions) throws(Diagnostic) {
    let target = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
    (self.target, self.source, self.options) = (target, source, options)
    try NewFolder.requireReplaceable(target, source, options)
    names = try source.place.files.map { (path) throws(Diagnostic) in ShardName.inSafeTensors(try FilePath(path).name) }
    LeftOvers.remove(of: [target])
    temporary = try TemporaryFolder(beside: target)
    copy = FolderCopy(links: options.link, syncs: options.sync)
  }

  /// Where a shard is written.
  func path(ofShard number: Int) -> String { FolderContents.path(of: names[number], in: temporary.path) }

  /// Where the receipt is written.
  var receipt: String {
    FolderContents.path(of: ShardName.inSafeTensors(source.place.stem) + ".receipt.json", in: temporary.path)
  }

  /// Copies all other files, writes the index, and gives the folder its name.
  func commit() throws(Diagnostic) {
    try copyOthers()
    try writeIndex()
    try temporary.publish(replacing: options.force, sync: options.sync)
  }

  private func copyOthers() throws(Diagnostic) {
    guard let folder = source.place.folder else { return }
    let names = source.place.ownNames
    let others = try FolderListing(folder).names.filter { !names.contains($0) && OtherWeights.isName($0) }
    if !others.isEmpty { options.warning(OtherWeights.warning(others)) }
    try copy.copy(from: folder, to: temporary.path, allBut: names)
  }

  private func writeIndex() throws(Diagnostic) {
    guard let index = source.place.index else { return }
    let name = ShardName.inSafeTensors(index.stem) + ".index.json"
    let text = index.text(renaming: ShardName.inSafeTensors, totalSize: source.header.dataSize)
    try SmallFile.write(text, to: FolderContents.path(of: name, in: temporary.path), sync: options.sync)
  }

  /// A folder is replaced as a whole, so that it has to be one that holds a checkpoint, and not the source.
  static func requireReplaceable(
    _ target: String, _ source: CheckpointFiles, _ options: ApplyOptions
  ) throws(Diagnostic) {
    guard let status = FileHandle.status(of: target).0 else { return }
    guard status.isFolder else {
      throw Diagnostic(
        .cannotCreate, "the output cannot be created", at: target, expected: "a new name, or a folder",
        found: "a file", hints: ["a single file: -o new.safetensors"])
    }
    if source.isSame(as: target) {
      throw Diagnostic(
        .outputIsInput, "the output is the input", at: target, found: "the same folder as \(source.path)",
        hints: ["reinit apply \(FilePath.pasteable(source.path)) --in-place"])
    }
    if let folder = source.place.folder,
      FilePath.resolved(folder).utf8.starts(with: (FilePath.resolved(target) + "/").utf8)
    {
      throw Diagnostic(
        .outputIsInput, "the input lies in the output's folder", at: target, found: source.path,
        hints: ["choose a new name"])
    }
    let names = try FolderListing(target).names
    if names.isEmpty { return }
    guard options.force else { throw FileFault.creating(target, EEXIST) }
    do throws(Diagnostic) { _ = try CheckpointPlace(target) } catch {
      throw Diagnostic(
        .folderNotOurs, "the output's folder is not replaced: it holds no checkpoint", at: target,
        expected: "a folder with a checkpoint, an empty one, or a new name",
        found: names.prefix(5).joined(separator: ", "), hints: ["choose a new name, or remove the folder yourself"])
    }
  }
}

/// Files beside a checkpoint that hold weights too, in another form or of another model.
private enum OtherWeights {
  private static let suffixes = [
    ".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".gguf", ".onnx",
  ]
  /// What programs keep of a training under such names.
  private static let training = ["training_args", "optimizer", "scheduler", "scaler", "rng_state"]

  static func isName(_ name: String) -> Bool {
    suffixes.contains { name.hasSuffix($0) } && !training.contains { name.hasPrefix($0) }
  }

  static func warning(_ names: [String]) -> String {
    let list = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    return "other files in the folder hold weights too, and are copied as they are: \(list)"
  }
}

extension CheckpointPlace {
  /// Whether what is written of this is a folder.
  func isFolderTo(_ output: String) -> Bool { folder != nil && !output.hasSuffix(".safetensors") }
}
