import Diagnostics
import Files
import Formats
import LayerRecognition
import LayerVocabulary
import Reinitialization
import Tensors

extension Fit {
  /// What was planned and, unless nothing was to be written, done.
  public struct Outcome: Sendable {
    /// The fitted checkpoint, as it lay in a folder of its own.
    public let checkpoint: Checkpoint
    /// What fills what is new; nil where nothing is.
    public let plan: Plan?
    /// What of the configuration follows: each field with its new value.
    public let config: [FittedConfig.Change]
  }

  /// Writes the fitted checkpoint: what is kept bit for bit, the rest as rules say.
  ///
  /// - Parameters:
  ///   - output: a file where it ends in `.safetensors` or the old checkpoint is a file; else a folder. Nil writes nothing.
  ///   - reading: how the result is read as a tree; a target that is a model says it itself.
  ///   - rules: what fills, for the fitted checkpoint.
  /// - Throws: ``Diagnostics/ErrorCode/fitUndecided`` for tensors that no rule fills; planning's, reading's and writing's codes. The output
  ///   then does not exist, or is as it was.
  public func carryOut(
    writing output: String?, reading: TreeReading, seed: UInt64, options: ApplyOptions = ApplyOptions(),
    rules: (Checkpoint) throws(Diagnostic) -> [Rule]
  ) throws(Diagnostic) -> Outcome {
    guard options.team.count == 1 else {
      throw Diagnostic(.usage, "fit works in one process", found: "\(options.team.count) processes")
    }
    let target = output ?? FilePath.absolute(source.path) + ".fitted"
    let isFolder = self.target.isAdapter ? !target.hasSuffix(".safetensors") : source.place.isFolderTo(target)
    let replaced = try requireReplaceable(target, isFolder, isWritten: output != nil, options)
    let skeleton = try FitSkeleton(self, beside: replaced?.path ?? target, isFolder: isFolder, reserving: output != nil)
    let config = try fittedConfig()
    do throws(Diagnostic) {
      if output != nil { try skeleton.copyOthers(config?.text, options: options) }
      let checkpoint = try Checkpoint(opening: skeleton.path, reading: fitted(reading, config))
      func plan() throws(Diagnostic) -> Plan? {
        let rules = try rules(checkpoint)
        let plan =
          rules.isEmpty ? nil : try checkpoint.plan(rules, seed: seed, predecessors: predecessors)
        try requireDecided(by: plan)
        return plan
      }
      // Everything that rules can be wrong about is found out before anything is copied.
      var final = try plan()
      if output != nil {
        try skeleton.copyKept(threads: options.threads)
        final = try plan()
        if let final { try checkpoint.applyInPlace(final, options: options) }
        try skeleton.publish(replaced, to: target, options: options)
      } else {
        skeleton.discard()
      }
      return Outcome(checkpoint: checkpoint, plan: final, config: config?.changes ?? [])
    } catch {
      skeleton.discard()
      throw error
    }
  }

  /// - Returns: what is at a file's path; nil for a folder.
  private func requireReplaceable(
    _ target: String, _ isFolder: Bool, isWritten: Bool, _ options: ApplyOptions
  ) throws(Diagnostic) -> ReplacedFile? {
    if isFolder {
      if isWritten { try NewFolder.requireReplaceable(target, source, options) }
      return nil
    }
    return try ReplacedFile(target, source: source.shards[0].handle, force: options.force || !isWritten)
  }

  private func fitted(_ reading: TreeReading, _ config: FittedConfig?) throws(Diagnostic) -> TreeReading {
    var reading = reading
    reading.stateDict = nil
    if let model = target.model { reading.model = reading.model ?? model }
    if target.isAdapter || reading.looksForConfig && reading.options.config == nil {
      reading.options.config =
        if let config { try ModelConfig(parsing: config.text) } else { try ModelConfig.beside(source.path) }
    }
    return reading
  }

  /// The configuration of the result: the target's, or the old one with what follows from the new shapes.
  private func fittedConfig() throws(Diagnostic) -> FittedConfig? {
    if let text = target.adapterConfig { return FittedConfig(text: text) }
    return try FittedConfig(old: ModelConfig.beside(source.path), target: target.config, fit: self)
  }

  /// The elements of a tensor that a rule has to fill; nil for none.
  private func newElements(of tensor: Tensor) -> Region? {
    switch tensor.origin {
    case .kept: return nil
    case .new: return Region(.all)
    case .resized(let old):
      let common = zip(tensor.shape, oldShape(of: old) ?? []).map { AxisSlice(start: 0, count: min($0, $1)) }
      return Region(.all, without: common.contains { $0.count == 0 } ? [] : [.box(common)])
    }
  }

  /// Whether rules fill all that is new of a tensor: their steps have no element in common.
  private func isDecided(_ tensor: Tensor, by steps: [Plan.Step]) -> Bool {
    guard let new = newElements(of: tensor), let shape = Shape(checking: tensor.shape) else { return true }
    func count(_ region: Region) -> Int { RegionMap(region, in: shape)?.selectedCount ?? 0 }
    let filled = steps.reduce(0) { sum, step in
      let region = step.region ?? Region(.all)
      return sum + count(Region(region.elements, without: region.without + new.without))
    }
    return filled >= count(new)
  }

  /// What tensors were that are not kept as they are.
  private var predecessors: [ByteName: Predecessor] {
    var predecessors: [ByteName: Predecessor] = [:]
    for tensor in tensors {
      let isKept: Bool
      switch tensor.origin {
      case .kept:
        // One that is copied once more is its own predecessor.
        if tensor.isFurtherCopy { predecessors[ByteName(tensor.name)] = Predecessor(nil, isKept: false) }
        continue
      case .resized: isKept = true
      case .new: isKept = false
      }
      predecessors[ByteName(tensor.name)] = Predecessor(tensor.old.flatMap(oldSource), isKept: isKept)
    }
    return predecessors
  }

  private func oldSource(_ name: String) -> DrawSource? {
    guard let entry = source.header[name], let dtype = entry.elementType, let shape = Shape(checking: entry.shape)
    else { return nil }
    return DrawSource(name: "old", place: .file(source.path, tensor: name), shape: shape, dtype: dtype)
  }

  /// Refuses a plan that leaves something new as it is, and old tensors that nobody wants.
  private func requireDecided(by plan: Plan?) throws(Diagnostic) {
    let steps = plan?.stepsByName ?? [:]
    let open = tensors.filter { !isDecided($0, by: steps[ByteName($0.name)] ?? []) }
    guard open.isEmpty, unexpected.isEmpty else { throw undecided(open) }
  }
}

extension Plan {
  /// What fills each tensor, under every path of a tied one.
  fileprivate var stepsByName: [ByteName: [Step]] {
    var byName: [ByteName: [Step]] = [:]
    for step in steps { for name in [step.name] + step.aliases { byName[ByteName(name), default: []].append(step) } }
    return byName
  }
}
