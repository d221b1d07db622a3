import Diagnostics
import Files

/// Where a checkpoint lies: the files that hold its tensors, and what stands beside them while it is changed.
struct CheckpointPlace: Sendable {
  /// The path as given.
  let path: String
  /// The files that hold tensors, in the order of their names; a single one unless the checkpoint is in shards.
  let files: [String]
  /// The folder that the checkpoint is; nil where a file was named.
  let folder: String?
  /// Which shard has which tensor; nil for a single file, and for shards whose names say enough.
  let index: ShardIndex?

  private init(_ path: String, files: [String], folder: String?, index: ShardIndex? = nil) {
    (self.path, self.files, self.folder, self.index) = (path, files, folder, index)
  }

  /// A file by its path.
  init(file path: String) { self.init(path, files: [path], folder: nil) }

  /// Finds the files of a checkpoint: a file, a folder, or the index of shards.
  /// - Throws: R0450 to R0454 for a folder or an index that does not tell; reading's codes.
  init(_ path: String) throws(Diagnostic) {
    let (status, _) = FileHandle.status(of: path)
    if status?.isFolder ?? false {
      self = try CheckpointPlace(folder: path)
    } else if ShardIndex.isName(path) {
      let index = try ShardIndex(path)
      self.init(path, files: index.files, folder: try FilePath(path).folder, index: index)
    } else {
      self.init(file: path)
    }
  }

  private init(folder path: String) throws(Diagnostic) {
    switch try FolderContents(path).checkpoint() {
    case .index(let name):
      let index = try ShardIndex(FolderContents.path(of: name, in: path))
      self.init(path, files: index.files, folder: path, index: index)
    case .files(let names):
      self.init(path, files: names.map { FolderContents.path(of: $0, in: path) }, folder: path)
    }
  }

  /// Whether the tensors are in several files, or in one that an index names: what is said of all stands beside them.
  var isSharded: Bool { files.count > 1 || index != nil }

  /// The folder's path, which is what the checkpoint is called where it is sharded; else the file's.
  var name: String { isSharded ? folder ?? path : files[0] }

  /// The names of what stands beside the checkpoint.
  var side: SideFiles { isSharded ? SideFiles(shardsIn: folder ?? path, called: stem) : SideFiles(of: files[0]) }

  /// The names of all files that are the checkpoint's own: tensors, index, and what stands beside it.
  var ownNames: Set<String> {
    let paths = files + [side.journal, side.spool, side.receipt] + [index?.path].compactMap { $0 }
    return Set(paths.compactMap { try? FilePath($0).name })
  }

  /// What the shards have in common, as a file that had all of them would be called: `model.safetensors`.
  var stem: String {
    if let index { return index.stem }
    let name = (try? FilePath(files[0]))?.name ?? files[0]
    return ShardName(name)?.whole ?? name
  }
}

/// The names of the files that stand beside a checkpoint.
struct SideFiles: Sendable {
  /// What is said of an in-place run until it is done.
  let journal: String
  /// What an in-place run has made before it begins.
  let spool: String
  /// Who filled what, where a header does not hold it.
  let receipt: String
  /// The file itself, of whose name unfinished copies may be left; nil for shards.
  private let file: String?

  /// Beside a file, links followed, so that they are the same by whatever name it is opened.
  init(of file: String) {
    let file = FilePath.resolved(file)
    self.file = file
    journal = file + ".reinit-journal"
    spool = file + ".reinit-spool"
    receipt = file + ".receipt.json"
  }

  /// In the folder of shards: a journal of one name, which whoever opens a shard by itself finds as well.
  init(shardsIn folder: String, called stem: String) {
    let folder = FilePath.resolved(folder)
    file = nil
    journal = FolderContents.path(of: "reinit-journal", in: folder)
    spool = FolderContents.path(of: "reinit-spool", in: folder)
    receipt = FolderContents.path(of: stem + ".receipt.json", in: folder)
  }

  /// Removes what dead processes have left unfinished under these names.
  func removeLeftOvers() { LeftOvers.remove(of: [file, journal, spool, receipt].compactMap { $0 }) }
}
