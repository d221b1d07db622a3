import Diagnostics
import Formats
import Functors
import Glibc
import Initializers
import JSONText
import LayerVocabulary
import Reinitialization
import Tensors

/// How a plan is carried out on a file.
public struct ApplyOptions: Sendable {
  /// How many threads to use; the result does not depend on it.
  public var threads: Int
  /// Whether an existing output is replaced.
  public var force: Bool
  /// Whether to wait until everything is on the disk, so that a power cut is survived too.
  public var sync: Bool
  /// Whether files of which nothing changes get a second name in a new folder where they can, and are not copied.
  public var link: Bool
  /// Is told of every range that was written, from any thread: the bytes.
  public var progress: @Sendable (Int) -> Void
  /// The longest header that is written.
  package var headerLimit = SafeTensorsHeader.lengthLimit
  /// Is told what of a replaced file is lost, such as its owner.
  public var warning: @Sendable (String) -> Void
  /// Finds plugins' code for values that a receipt speaks of.
  public var resolver: ForeignResolver?
  /// The processes that carry out the run together; one alone unless it is said.
  public var team: any Team = Alone()

  /// The defaults: all processors, never overwrite, no waiting, no plugins.
  public init(
    threads: Int? = nil, force: Bool = false, sync: Bool = false, link: Bool = false,
    progress: @escaping @Sendable (Int) -> Void = { _ in }, warning: @escaping @Sendable (String) -> Void = { _ in },
    resolver: ForeignResolver? = nil
  ) {
    self.warning = warning
    self.resolver = resolver
    self.threads = threads ?? Workers.available
    self.force = force
    self.sync = sync
    self.link = link
    self.progress = progress
  }
}

extension Checkpoint {
  /// Room for later receipts behind the header of a file that we write.
  static let room = 4096

  /// The receipt of a plan for this file, with the file's own names where they differ.
  func receipt(of plan: Plan) throws(Diagnostic) -> Receipt {
    var receipt = Receipt(of: plan)
    for (index, step) in plan.steps.enumerated() {
      let name = entry(ofLeaf: step.leaf).name
      if !name.utf8.elementsEqual(step.name.utf8) { receipt.runs[0].tensors[index].file = name }
      receipt.runs[0].tensors[index].copies = copies(of: step)
      if step.draw.reads { receipt.runs[0].tensors[index].draw?.sources = step.draw.sources.map(stored) }
    }
    return receipt
  }

  /// The names under which the file has the tensor of a step once more.
  private func copies(of step: Plan.Step) -> [String] {
    var seen = [entry(ofLeaf: step.leaf).name]
    for leaf in step.tiedLeaves {
      let name = entry(ofLeaf: leaf).name
      if !seen.contains(where: { ByteName.areSame($0, name) }) { seen.append(name) }
    }
    return Array(seen.dropFirst())
  }

  /// A source with the file's own name, where that differs.
  private func stored(_ source: DrawSource) -> DrawSource {
    guard case .tensor(let path, _) = source.place, let leaf = inventory.leaf(at: TreePath(path)) else { return source }
    let name = entry(ofLeaf: leaf).name
    var source = source
    source.place = .tensor(path: path, stored: name.utf8.elementsEqual(path.utf8) ? nil : name)
    return source
  }

  /// Writes a new file, or a new folder of a folder: the planned tensors filled, everything else bit for bit as it is here.
  ///
  /// What is written is in safetensors. A folder gets the same shards, the index, and copies of all other files; a path
  /// that ends in `.safetensors` gets one file of all shards.
  /// - Returns: the receipt, which is also in the new file's metadata, or beside it where a header cannot be so long, and
  ///   beside shards; see ``sidecarPath(of:)``.
  /// - Throws: reading's and writing's codes; the output then does not exist, or is as it was.
  @discardableResult
  public func apply(_ plan: Plan, writing output: String, options: ApplyOptions = ApplyOptions()) throws(Diagnostic)
    -> Receipt
  {
    try options.team.together { () throws(Diagnostic) in
      if options.team.isFirst { try requireFinite(plan, options: options) }
    }
    return try apply(receipt(of: plan), writing: output, options: options)
  }

  /// The same for what a receipt says is to be made.
  @discardableResult
  func apply(_ planned: Receipt, writing output: String, options: ApplyOptions) throws(Diagnostic) -> Receipt {
    let source = try files()
    let older = try CheckpointReceipt.read(source)
    let fill = try CheckpointFill(planned.entries, in: header).reading(from: source).prepared(for: options.threads)
      .shared(by: options.team)
    let latest = planned.sourced(as: fill)
    let ranges = fill.ranges
    let writing = try CheckpointOutput(
      output, of: source, filling: ranges, receipt: latest.hashed([]).following(older, keeping: isStillThere), options)
    try options.team.together { () throws(Diagnostic) in try writing.copyRest(fill.wholeRanges) }
    let hashes = try fill.run(threads: options.threads) { (item, bytes, offset) throws(Diagnostic) in
      try fill.items[item].write(bytes, at: offset, writing.read, writing.write)
      options.progress(bytes.count)
    }
    try options.team.together { () throws(Diagnostic) in try fill.validateSources() }
    let final = latest.hashed(hashes).following(older, keeping: isStillThere)
    try writing.commit(final)
    return final
  }

  /// Whether the tensor that an older receipt speaks of is in the file as it was.
  private func isStillThere(_ entry: Receipt.Entry) -> Bool {
    guard let target = header[entry.fileName] else { return false }
    return target.shape == entry.shape && target.elementType == entry.dtype
  }

  /// Fills the planned tensors in these very files, with one journal that a later run finishes if this one cannot.
  ///
  /// - Returns: the receipt, which is also in the metadata, or beside the file where the header has no room; see
  ///   ``sidecarPath(of:)``.
  /// - Throws: before the journal is written, anything, and the file is as it was; after that only what the system
  ///   refuses (no space, a disk that fails), and the next in-place run finishes this one.
  @discardableResult
  public func applyInPlace(_ plan: Plan, options: ApplyOptions = ApplyOptions()) throws(Diagnostic) -> Receipt {
    try options.team.together { () throws(Diagnostic) in
      if options.team.isFirst { try requireFinite(plan, options: options) }
    }
    return try applyInPlace(receipt(of: plan), options: options)
  }

  /// The same for what a receipt says is to be made.
  @discardableResult
  func applyInPlace(_ planned: Receipt, options: ApplyOptions) throws(Diagnostic) -> Receipt {
    let team = options.team
    // All have read the files, and hold no lock on them any more.
    try team.together { () throws(Diagnostic) in }
    let begun = try team.together { () throws(Diagnostic) in try team.isFirst ? begin(planned, options) : nil }
    let payload = try team.share(Array((begun?.run.payload.compact ?? "").utf8))
    let work = try team.together { () throws(Diagnostic) in
      if let begun { return begun }
      return try InPlaceRun(JSONValue(parsing: payload)).joined(on: CheckpointPlace(path), options)
    }
    return try work.run.carryOut(work.fill.shared(by: team), on: work.checkpoint, work.journal, options)
  }

  /// Everything up to the journal, in one process.
  private func begin(_ receipt: Receipt, _ options: ApplyOptions) throws(Diagnostic) -> InPlaceRun.Work {
    let checkpoint = try InPlaceCheckpoint(path)
    guard checkpoint.pending == nil else {
      throw Diagnostic(.journalPending, "an in-place run is not finished", at: path)
    }
    try requireUnchanged(checkpoint.header)
    try checkpoint.requireSoleNames()
    let older = try CheckpointReceipt.read(checkpoint.reading()).map {
      Receipt(runs: []).following($0, keeping: isStillThere)
    }
    return try InPlaceRun(receipt: receipt, older: older).begin(on: checkpoint, options: options)
  }
}

extension Receipt {
  /// The latest run's entries with the hashes of what was written, in order; zeros where there are none yet, which
  /// take the same place in a header.
  func hashed(_ hashes: [ContentHash]) -> Receipt {
    var receipt = self
    for index in receipt.runs[0].tensors.indices {
      receipt.runs[0].tensors[index].hash =
        hashes.indices.contains(index) ? hashes[index] : ContentHash("0000000000000000")
    }
    return receipt
  }
}
