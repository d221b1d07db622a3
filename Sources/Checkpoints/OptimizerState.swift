import Architectures
import Diagnostics
import Files
import Formats
import LayerVocabulary
import Reinitialization
import Tensors

/// The state of an optimizer, in a checkpoint of its own: moments that have a parameter's name within theirs, and its shape.
///
/// Names are those of most trainers: `state.h.0.weight.exp_avg`, `exp_avg.h.0.weight`, `optimizer.h.0.weight.momentum_buffer`.
/// What is filled anew begins with moments of 0, and all other moments stay: a unit whose moments are those of another one is
/// born with its steps (Sokar et al., "The Dormant Neuron Phenomenon", 2023, reset both).
public struct OptimizerState: Sendable {
  /// What is set to 0, of one moment.
  private struct Moment {
    let entry: SafeTensorsHeader.Entry
    let region: Region?
    let count: Int
  }

  /// The checkpoint of the state.
  public let checkpoint: Checkpoint
  private let receipt: Receipt
  /// How many moments are changed.
  public let tensors: Int
  /// How many of their elements become 0.
  public let elements: Int
  /// The parameters that are filled and have no moments there.
  public let withoutMoments: [String]

  /// Finds the moments of exactly the elements that a plan fills.
  /// - Throws: opening's codes; ``Diagnostics/ErrorCode/momentsMissing`` if there are none, ``Diagnostics/ErrorCode/momentsUnsuitable`` for one
  ///   of another shape of which a part is wanted, or of whole numbers.
  public init(opening path: String, resetting plan: Plan, of parameters: Checkpoint) throws(Diagnostic) {
    var reading = TreeReading()
    (reading.looksForConfig, reading.notes) = (false, NoteLibrary(hasBuiltIn: false))
    checkpoint = try Checkpoint(opening: path, reading: reading)
    try OptimizerState.requireOther(checkpoint, than: parameters)
    let filled = FilledParameters(plan, of: parameters)
    var (entries, moments, found): ([Receipt.Entry], [Moment], Set<ByteName>) = ([], [], [])
    for entry in checkpoint.header.entries {
      guard let name = filled.parameter(in: entry) else { continue }
      found.insert(ByteName(name))
      let own = try OptimizerState.moments(
        entry, of: filled.regions[ByteName(name)] ?? [], shape: filled.shape(of: name), path)
      moments += own
      for moment in own { entries.append(try OptimizerState.zeros(moment)) }
    }
    withoutMoments = filled.names.filter { !found.contains(ByteName($0)) }
    guard !moments.isEmpty else { throw OptimizerState.missing(filled, checkpoint, path) }
    tensors = Set(moments.map { ByteName($0.entry.name) }).count
    elements = moments.reduce(0) { $0 + $1.count }
    receipt = Receipt(runs: [
      Receipt.Run(
        seed: plan.seed, rules: ["moments of what was filled in \(parameters.path) = zeros"], tensors: entries)
    ])
  }

  /// Writes a new checkpoint of the state; everything else in it is copied.
  public func apply(writing output: String, options: ApplyOptions = ApplyOptions()) throws(Diagnostic) {
    try checkpoint.apply(receipt, writing: output, options: options)
  }

  /// Changes the state's files.
  public func applyInPlace(options: ApplyOptions = ApplyOptions()) throws(Diagnostic) {
    try checkpoint.applyInPlace(receipt, options: options)
  }

  private static func moments(
    _ entry: SafeTensorsHeader.Entry, of regions: [Region?], shape: [Int], _ path: String
  ) throws(Diagnostic) -> [Moment] {
    guard entry.elementType?.isFloatingPoint == true else {
      throw Diagnostic(
        .momentsUnsuitable, "a moment's elements are no floating-point numbers", at: "\(path), \(entry.name)",
        expected: DType.floatingPointNames, found: entry.dtype)
    }
    let own = Shape(entry.shape)
    guard entry.shape == shape else {
      // What is factored or laid flat belongs to all of the parameter.
      guard regions.allSatisfy({ $0 == nil }) else {
        throw Diagnostic(
          .momentsUnsuitable, "a part of a tensor is filled, and its moment has another shape",
          at: "\(path), \(entry.name)",
          expected: "\(shape)", found: "\(entry.shape)")
      }
      return [Moment(entry: entry, region: nil, count: own.count)]
    }
    return regions.map { region in
      Moment(entry: entry, region: region, count: region.flatMap { RegionMap($0, in: own)?.selectedCount } ?? own.count)
    }
  }

  /// Refuses the weights themselves: as a state they would all become 0.
  private static func requireOther(_ state: Checkpoint, than parameters: Checkpoint) throws(Diagnostic) {
    let own = try parameters.files().shards.map(\.handle.status)
    guard
      let shared = try state.files().shards.first(where: { shard in own.contains { $0.isSame(as: shard.handle.status) }
      })
    else { return }
    throw Diagnostic(
      .usage, "the optimizer's state is the checkpoint itself", at: shared.handle.path,
      hints: ["--also STATE.safetensors"])
  }

  private static func zeros(_ moment: Moment) throws(Diagnostic) -> Receipt.Entry {
    guard let dtype = moment.entry.elementType else { throw Diagnostic(.momentsUnsuitable, "a moment has no type") }
    return Receipt.Entry(
      name: moment.entry.name, rule: 0, initializer: "zeros", draw: .constant(0), shape: moment.entry.shape,
      dtype: dtype, region: moment.region)
  }

  private static func missing(_ filled: FilledParameters, _ checkpoint: Checkpoint, _ path: String) -> Diagnostic {
    Diagnostic(
      .momentsMissing, "the state has no moments of what is filled", at: path,
      expected: filled.names.first.map { "a name with '\($0)' in it, such as 'state.\($0).exp_avg'" },
      found: checkpoint.header.entries.first.map { "'\($0.name)'" },
      hints: ["states that call parameters by numbers are to be saved under their names first"])
  }
}

/// The parameters of a checkpoint, and what a plan fills of them.
private struct FilledParameters {
  /// By name in the file: what is filled, nil for all of it.
  private(set) var regions: [ByteName: [Region?]] = [:]
  /// Their names, in the order of the plan.
  private(set) var names: [String] = []
  private let shapes: [ByteName: [Int]]

  init(_ plan: Plan, of checkpoint: Checkpoint) {
    shapes = Dictionary(checkpoint.header.entries.map { (ByteName($0.name), $0.shape) }) { first, _ in first }
    for step in plan.steps where step.count > 0 {
      let leaves = [step.leaf] + step.tiedLeaves
      for name in Set(leaves.map { ByteName(checkpoint.entry(ofLeaf: $0).name) }).sorted() {
        if regions[name] == nil { names.append(name.text) }
        regions[name, default: []].append(step.region)
      }
    }
  }

  func shape(of name: String) -> [Int] { shapes[ByteName(name)] ?? [] }

  /// The filled parameter that a tensor of the state is of: the longest name of any parameter within its own, one of the same shape first.
  func parameter(in entry: SafeTensorsHeader.Entry) -> String? {
    let candidates = FilledParameters.pieces(of: entry.name).filter { shapes[ByteName($0)] != nil }
    let count = entry.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let found = candidates.first { shapes[ByteName($0)] == entry.shape } ?? (count > 1 ? candidates.first : nil)
    return found.flatMap { regions[ByteName($0)] == nil ? nil : $0 }
  }

  /// What stands in a name between dots or slashes, the longest first.
  private static func pieces(of name: String) -> [String] {
    var starts = [name.startIndex]
    var ends: [String.Index] = []
    for index in name.utf8.indices where name.utf8[index] == UInt8(ascii: ".") || name.utf8[index] == UInt8(ascii: "/")
    {
      ends.append(index)
      starts.append(name.utf8.index(after: index))
    }
    ends.append(name.endIndex)
    var pieces: [Substring] = []
    for start in starts { for end in ends where end > start { pieces.append(name[start..<end]) } }
    return pieces.sorted { $0.utf8.count > $1.utf8.count }.map(String.init)
  }
}
