import Diagnostics
import Files
import Formats
import JSONText
import Tensors

/// The files of a fitted checkpoint, in a folder of their own until they are done: laid out, then with what is kept.
struct FitSkeleton {
  private let fit: Fit
  private let folder: TemporaryFolder
  private let names: [String]
  private let parts: [SafeTensorsHeader]

  /// The folder, or the file in it: what can be opened as a checkpoint.
  let path: String

  /// Lays out the files: as many as the old checkpoint has where a folder is written, else one.
  /// - Parameter isFolder: whether the output is a folder.
  /// - Throws: writing's codes; nothing is left behind.
  init(_ fit: Fit, beside output: String, isFolder: Bool, reserving: Bool) throws(Diagnostic) {
    self.fit = fit
    let place = fit.source.place
    LeftOvers.remove(of: [output])
    folder = try TemporaryFolder(beside: output)
    let isSharded = isFolder && place.isSharded && !fit.target.isAdapter
    names =
      isFolder
      ? fit.target.isAdapter
        ? ["adapter_model.safetensors"]
        : try (isSharded ? place.files : [place.files[0]]).map { (path) throws(Diagnostic) in
          ShardName.inSafeTensors(try FilePath(path).name)
        } : [try FilePath(output).name]
    let numbers = FitSkeleton.shards(of: fit, isSharded)
    var metadata = fit.target.isAdapter ? [:] : CheckpointReceipt.metadataWithout(fit.source.shards[0].header)
    metadata[ModelFile.aliasesKey] = nil
    if metadata["format"] == nil { metadata["format"] = "pt" }
    parts = try names.indices.map { (part) throws(Diagnostic) in
      let own = fit.tensors.indices.filter { numbers[$0] == part }.map { fit.tensors[$0] }
      return try SafeTensorsHeader(layingOut: own.map { ($0.name, $0.dtype, $0.shape) }, metadata: metadata)
    }
    path = isFolder ? folder.path : FolderContents.path(of: names[0], in: folder.path)
    for (part, (name, header)) in zip(names, parts).enumerated() {
      let path = FolderContents.path(of: name, in: folder.path)
      let room =
        isSharded
        ? 0 : Checkpoint.room + 512 * fit.tensors.count { $0.origin != .kept(old: $0.old ?? "") || $0.isFurtherCopy }
      let old = fit.source.shards[isSharded ? part : 0].handle.status
      try NewFile.make(
        path, front: header.encoded(room: room), size: header.dataSize, mode: old.permissions, reserving: reserving)
    }
    if isSharded { try writeIndex() }
  }

  /// The shard of each tensor: that of its old one, or of the tensor before it.
  private static func shards(of fit: Fit, _ isSharded: Bool) -> [Int] {
    var last = 0
    return fit.tensors.map { tensor in
      if isSharded, let entry = tensor.old.flatMap({ fit.source.header[$0] }) {
        last = fit.source.shard(at: entry.range.lowerBound)
      }
      return last
    }
  }

  private func writeIndex() throws(Diagnostic) {
    let stem = ShardName.inSafeTensors(fit.source.place.stem)
    var map = JSONObject()
    for (name, header) in zip(names, parts) { for entry in header.entries { map.append(entry.name, .string(name)) } }
    let size = parts.reduce(0) { $0 + $1.dataSize }
    let index: JSONValue = ["metadata": ["total_size": .integer(Int64(size))], "weight_map": .object(map)]
    try SmallFile.write(index.indented, to: FolderContents.path(of: stem + ".index.json", in: folder.path))
  }

  /// Copies what else lies in the old folder, and writes the configuration that the result has.
  func copyOthers(_ config: String?, options: ApplyOptions) throws(Diagnostic) {
    if fit.target.isAdapter {
      if let config, folder.path == path { try write(config, "adapter_config.json", options) }
      return
    }
    guard let from = fit.source.place.folder else { return }
    var names = fit.source.place.ownNames
    if config != nil { names.insert("config.json") }
    try FolderCopy(links: options.link, syncs: options.sync).copy(from: from, to: folder.path, allBut: names)
    if let config { try write(config, "config.json", options) }
  }

  private func write(_ text: String, _ name: String, _ options: ApplyOptions) throws(Diagnostic) {
    try SmallFile.write(text, to: FolderContents.path(of: name, in: folder.path), sync: options.sync)
  }

  /// Copies what is kept of the old tensors.
  func copyKept(threads: Int) throws(Diagnostic) {
    let files = try names.indices.map { (part) throws(Diagnostic) in
      let handle = try FileHandle.open(FolderContents.path(of: names[part], in: folder.path), for: .updating)
      return DataFile(handle: handle, start: handle.status.size - parts[part].dataSize, size: parts[part].dataSize)
    }
    let places = Dictionary(
      parts.enumerated().flatMap { part, header in header.entries.map { (ByteName($0.name), (part, $0)) } },
      uniquingKeysWith: { first, _ in first })
    try Workers.run(fit.tensors.count, threads: threads) { (index) throws(Diagnostic) in
      let tensor = fit.tensors[index]
      guard let (part, target) = places[ByteName(tensor.name)] else { return }
      switch tensor.origin {
      case .new: return
      case .kept(let old), .resized(let old):
        let copy = OverlapCopy(try fit.source.header.entry(named: old), to: target)
        try copy.run(from: fit.source, to: files[part])
      }
    }
  }

  /// Gives the folder, or the file in it, its name.
  func publish(_ replaced: ReplacedFile?, to output: String, options: ApplyOptions) throws(Diagnostic) {
    guard let replaced else { return try folder.publish(replacing: options.force, sync: options.sync) }
    let handle = try FileHandle.open(path, for: .updating)
    replaced.bequeath(to: handle).forEach(options.warning)
    if options.sync { try handle.sync() }
    try NewFile.move(path, to: replaced.path, replacing: options.force)
    let (old, new) = (SideFiles(of: path).receipt, SideFiles(of: replaced.path).receipt)
    if FileHandle.status(of: old).0 != nil {
      try NewFile.move(old, to: new, replacing: true)
    } else {
      CheckpointReceipt.removeSidecar(at: new)
    }
    if options.sync { try FilePath(replaced.path).syncFolder() }
    folder.discard()
  }

  /// Removes everything.
  func discard() { folder.discard() }
}

/// Copies the elements that two tensors of as many axes both have, run by run of neighbors.
private struct OverlapCopy {
  private let old, new: SafeTensorsHeader.Entry
  private let size: Int

  init(_ old: SafeTensorsHeader.Entry, to new: SafeTensorsHeader.Entry) {
    (self.old, self.new) = (old, new)
    size = (SafeTensorsDType.bits(old.dtype) ?? 8) / 8
  }

  func run(from source: CheckpointFiles, to target: DataFile) throws(Diagnostic) {
    guard old.shape != new.shape else {
      return try source.copy(old, from: 0, count: old.byteCount, to: target, at: new.range.lowerBound)
    }
    let common = zip(old.shape, new.shape).map { min($0, $1) }
    guard !common.contains(0) else { return }
    // All axes behind the last one that differs are copied as one run.
    let last = common.indices.last { old.shape[$0] != new.shape[$0] } ?? 0
    let run = common[last...].reduce(size, *)
    let outer = common[..<last]
    var index = [Int](repeating: 0, count: last)
    for _ in 0..<outer.reduce(1, *) {
      try source.copy(
        old, from: offset(index, old.shape, last), count: run, to: target,
        at: new.range.lowerBound + offset(index, new.shape, last))
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < outer[axis] { break }
        index[axis] = 0
      }
    }
  }

  /// The bytes before the run of an index, in a tensor of that shape.
  private func offset(_ index: [Int], _ shape: [Int], _ last: Int) -> Int {
    var stride = shape[last...].reduce(size, *)
    var offset = 0
    for axis in index.indices.reversed() {
      offset += index[axis] * stride
      stride *= shape[axis]
    }
    return offset
  }
}

extension CheckpointFiles {
  /// Copies a part of a tensor to a place in another file's data, within the system where it can.
  func copy(
    _ entry: SafeTensorsHeader.Entry, from offset: Int, count: Int, to data: DataFile, at place: Int
  ) throws(Diagnostic) {
    guard count > 0 else { return }
    let number = shard(at: entry.range.lowerBound)
    if case .safetensors(let file) = shards[number], count >= 1 << 16 {
      let start = file.header.dataStart + entry.range.lowerBound - starts[number]
      return try data.copy(start + offset, of: file.handle, count: count, to: place)
    }
    try withScratch(min(count, 1 << 20)) { (buffer) throws(Diagnostic) in
      for done in stride(from: 0, to: count, by: buffer.count) {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - done)])
        try read(entry, from: offset + done, into: part)
        try data.write(UnsafeRawBufferPointer(part), at: place + done)
      }
    }
  }
}
