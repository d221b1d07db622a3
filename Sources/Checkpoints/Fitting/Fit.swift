import Diagnostics
import Formats
import LayerVocabulary
import Tensors

/// A checkpoint held against a target: of every tensor, where it comes from.
public struct Fit: Sendable {
  /// Where a tensor of the target comes from.
  public enum Origin: Sendable, Equatable {
    /// The old tensor, as it is.
    case kept(old: String)
    /// The part that both shapes have is the old tensor's; the rest is new.
    case resized(old: String)
    /// A rule fills it; it may read the old tensor, if there is one of another shape.
    case new(old: String?)
  }
  /// A tensor of the target.
  public struct Tensor: Sendable {
    /// Its name in the new file.
    public let name: String
    /// Its sizes.
    public let shape: [Int]
    /// Its type, as in a file.
    public let dtype: String
    /// Where it comes from.
    public let origin: Origin
    /// Whether an earlier block is made of the same old tensor: this one stands in a block that the old checkpoint does not have.
    public internal(set) var isFurtherCopy = false
  }
  /// All tensors of the target, in its order.
  public let tensors: [Tensor]
  /// The old tensors that are left out.
  public let dropped: [String]
  /// The old tensors of which it is not said what becomes of them.
  let unexpected: [String]
  let target: FitTarget
  let source: CheckpointFiles

  /// Decides of every tensor.
  ///
  /// - Parameters:
  ///   - renames: which old tensor is which; the last that speaks of a name counts.
  ///   - resized: the tensors, by parts of their names, whose old part is kept.
  ///   - dropped: the old tensors, by parts of their names, that may go.
  ///   - stateDict: which dictionary of a PyTorch file is meant; nil for the one that is recognized as the model.
  /// - Throws: ``Diagnostics/ErrorCode/fitNothing`` for what reaches nothing; ``Diagnostics/ErrorCode/fitResize``.
  public init(
    _ path: String, to target: FitTarget, renames: [NameMapping] = [], resized: [String] = [], dropped: [String] = [],
    stateDict: String? = nil
  ) throws(Diagnostic) {
    source = try CheckpointFiles(path, stateDict: stateDict)
    self.target = target
    let (resized, dropped) = (try NamedTensors(resized), try NamedTensors(dropped))
    let matcher = FitMatcher(source.header, renames, resized)
    tensors = FurtherCopies.marked(try target.items.map { (item) throws(Diagnostic) in try matcher.tensor(item) })
    let used = Set(tensors.compactMap(\.old).map(ByteName.init))
    // What an adapter is for stays where it is.
    let rest = target.isAdapter ? [] : source.header.entries.map(\.name).filter { !used.contains(ByteName($0)) }
    self.dropped = rest.filter(dropped.contains)
    unexpected = rest.filter { !dropped.contains($0) }
    try requireReached(renames, resized, dropped, rest)
  }

  private func requireReached(
    _ renames: [NameMapping], _ resized: NamedTensors, _ dropped: NamedTensors, _ rest: [String]
  ) throws(Diagnostic) {
    for rename in renames where !tensors.contains(where: { rename.oldName(of: $0.name) == $0.old && $0.old != nil }) {
      throw nothing("--rename", rename.text)
    }
    let changed = tensors.filter { if case .resized = $0.origin { true } else { false } }.map(\.name)
    if let text = resized.meaningNothing(in: changed).first { throw nothing("--resize", text) }
    if let text = dropped.meaningNothing(in: rest).first { throw nothing("--drop", text) }
  }

  private func nothing(_ option: String, _ text: String) -> Diagnostic {
    Diagnostic(
      .fitNothing, "\(option) '\(text)' reaches nothing", at: source.path,
      expected: option == "--resize" ? "a tensor that has another shape in '\(target.text)'" : "a tensor's name",
      hints: Suggestion.hint(for: text, in: source.header.entries.map(\.name)))
  }

  /// The sizes of an old tensor.
  public func oldShape(of name: String) -> [Int]? { source.header[name]?.shape }

  /// What nobody has decided, with the nearest name of the other side.
  /// - Parameter open: the tensors that no rule fills.
  func undecided(_ open: [Tensor]) -> Diagnostic {
    let missing = open.filter { $0.old == nil }.map(\.name)
    let half = open.filter { if case .resized = $0.origin { true } else { false } }
    let mismatched = open.compactMap { tensor in
      if case .new(let old?) = tensor.origin {
        "\(tensor.name) \(oldShape(of: old) ?? []) → \(tensor.shape)"
      } else {
        nil
      }
    }
    func list(_ title: String, _ names: [String], _ others: [String]) -> [String] {
      guard !names.isEmpty else { return [] }
      let most = 12
      let lines = names.prefix(most).map { name in
        Suggestion.nearest(to: name, in: others, limit: 1).first.map { "\(name) (near: \($0))" } ?? name
      }
      return [
        "\(title): " + (lines + (names.count > most ? ["and \(names.count - most) more"] : [])).joined(separator: ", ")
      ]
    }
    var hints: [String] = []
    if let prefix = Fit.wrapper(of: unexpected, over: missing) {
      hints.append("all names have '\(prefix)' before them: --rename '\(prefix)** = **'")
    } else if let name = unexpected.first, let near = Suggestion.nearest(to: name, in: missing, limit: 1).first {
      hints.append("the same tensor under another name: --rename '\(name) = \(near)'")
    }
    if let name = unexpected.first { hints.append("leave it out: --drop '\(name)'") }
    if let name = missing.first { hints.append("fill it: --fill '\(name)=default'") }
    if let name = half.first?.name { hints.append("fill what is new of it: --fill '\(name)[new]=normal(std: 0.02)'") }
    if !mismatched.isEmpty { hints.append("keep the part that both have: --resize NAME; or fill it anew") }
    return Diagnostic(
      .fitUndecided, "of some tensors it is not said what becomes of them", at: source.path,
      expected: "what '\(target.text)' has",
      notes: list("missing", missing, unexpected) + list("unexpected", unexpected, missing)
        + list("of another shape", mismatched, []) + list("resized, and new in part", half.map(\.name), []),
      hints: hints)
  }
}

extension Fit {
  /// What stands before every missing name in the checkpoint; nil where nothing does.
  fileprivate static func wrapper(of unexpected: [String], over missing: [String]) -> String? {
    guard let first = missing.first, let longer = unexpected.first(where: { $0.hasSuffix(".\(first)") }) else {
      return nil
    }
    let prefix = longer.dropLast(first.count)
    let names = Set(unexpected.map(ByteName.init))
    return missing.allSatisfy { names.contains(ByteName(prefix + $0)) } ? String(prefix) : nil
  }
}

extension Fit.Tensor {
  /// The old tensor, whatever becomes of it.
  public var old: String? {
    switch origin {
    case .kept(let old), .resized(let old): old
    case .new(let old): old
    }
  }
}

/// Finds the old tensor of each of the target's.
private struct FitMatcher {
  private let header: SafeTensorsHeader
  private let renames: [NameMapping]
  private let resized: NamedTensors
  /// The type of most of the old floats.
  private let floats: String

  init(_ header: SafeTensorsHeader, _ renames: [NameMapping], _ resized: NamedTensors) {
    (self.header, self.renames, self.resized) = (header, renames, resized)
    var counts: [String: Int] = [:]
    for entry in header.entries where entry.elementType?.isFloatingPoint == true {
      counts[entry.dtype, default: 0] += entry.byteCount
    }
    floats = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "F32"
  }

  func tensor(_ item: FitTarget.Item) throws(Diagnostic) -> Fit.Tensor {
    let pair = item.names.lazy.compactMap { name in old(of: name).map { (name, $0) } }.first
    guard let (name, entry) = pair else {
      return Fit.Tensor(
        name: item.names[0], shape: item.shape, dtype: item.dtype ?? floats, origin: .new(old: item.base))
    }
    if entry.shape == item.shape {
      return Fit.Tensor(name: name, shape: item.shape, dtype: entry.dtype, origin: .kept(old: entry.name))
    }
    guard resized.contains(name) else {
      return Fit.Tensor(name: name, shape: item.shape, dtype: entry.dtype, origin: .new(old: entry.name))
    }
    guard entry.shape.count == item.shape.count, (SafeTensorsDType.bits(entry.dtype) ?? 0) % 8 == 0 else {
      throw Diagnostic(
        .fitResize, "'\(name)' cannot be resized", at: name, expected: "as many axes, of whole bytes",
        found: "\(entry.dtype) \(entry.shape) → \(item.shape)")
    }
    return Fit.Tensor(name: name, shape: item.shape, dtype: entry.dtype, origin: .resized(old: entry.name))
  }

  private func old(of name: String) -> SafeTensorsHeader.Entry? {
    for rename in renames.reversed() {
      if let old = rename.oldName(of: name), let entry = header[old] { return entry }
    }
    return header[name]
  }
}
